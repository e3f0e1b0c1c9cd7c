// The OpenAPI 3.1 document, written from the same routes and schemas that check the requests.
import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import * as z from 'zod';
import { problemSchema } from './api/common.ts';
import type { Route } from './route.ts';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const API_PREFIX = '/api/v1';

const NEEDS_IN_WORDS = {
  self: 'Any signed-in person or token.',
  read: 'Scope `read`.',
  write: 'Scope `write`.',
  send: 'Scope `send`.',
  admin: 'Scope `write`, made by an owner or admin.',
} as const;

/** `/mailings/:id` → `/mailings/{id}` */
export const openApiPath = (path: string): string => API_PREFIX + path.replace(/:(\w+)/g, '{$1}');

export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'herald_session' });
  for (const route of routes) registry.registerPath(pathOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Herald',
      version,
      description:
        'Everything the admin page does, for programs. Times are UTC milliseconds, money is in minor units. Lists are ' +
        'paged with `cursor` and `next`. A POST with an `Idempotency-Key` header may be repeated safely for a day.',
    },
    servers: [{ url: '/' }],
  });
}

function pathOf(route: Route): RouteConfig {
  const params = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  const status = route.status ?? 200;
  return {
    method: route.method,
    path: openApiPath(route.path),
    summary: route.summary,
    tags: [route.tag],
    ...(route.needs === null ? { security: [] } : { description: NEEDS_IN_WORDS[route.needs] }),
    ...(route.needs === null ? {} : { security: [{ token: [] }, { session: [] }] }),
    request: {
      ...(params.length > 0 ? { params: z.object(Object.fromEntries(params.map((name) => [name, z.string()]))) } : {}),
      ...(route.query instanceof z.ZodObject ? { query: route.query } : {}),
      ...(route.method === 'post' && !route.upload
        ? { headers: z.object({ 'Idempotency-Key': z.string().max(200).optional() }) }
        : {}),
      ...bodyOf(route),
    },
    responses: {
      [status]: answerOf(route),
      default: {
        description: 'What went wrong, with a code and the place in the input.',
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    },
  };
}

function bodyOf(route: Route): Pick<NonNullable<RouteConfig['request']>, 'body'> | object {
  if (route.upload) {
    const schema = z.object({ file: z.string().meta({ format: 'binary' }) });
    return { body: { required: true, content: { 'multipart/form-data': { schema } } } };
  }
  return route.body ? { body: { required: true, content: { 'application/json': { schema: route.body } } } } : {};
}

function answerOf(route: Route): RouteConfig['responses'][string] {
  if (route.type) return { description: 'The answer.', content: { [route.type]: { schema: z.string() } } };
  return route.answer
    ? { description: 'The answer.', content: { 'application/json': { schema: route.answer } } }
    : { description: 'Done.' };
}
