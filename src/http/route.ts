// A route is data: what it is called, who may use it, what goes in and what comes out. From one list the server
// checks requests, the OpenAPI document is written, and the reference page is drawn: they cannot disagree.
import { createHash } from 'node:crypto';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type * as z from 'zod';
import { Problem } from '../domain/problem.ts';
import type { Language } from '../i18n.ts';
import { type Actor, actorOf, languageOf } from './context.ts';
import type { HttpDeps } from './deps.ts';
import { once } from './idempotency.ts';
import { mayActor, type Need } from './permissions.ts';
import { checked } from './problems.ts';

export type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';

export interface Call<Q, B> {
  params: Readonly<Record<string, string>>;
  query: Q;
  body: B;
  actor: Actor;
  language: Language;
  request: Request;
  response: Response;
}
/** Of a route that needs no sign-in. */
export type OpenCall<Q, B> = Omit<Call<Q, B>, 'actor'>;

interface Description<Q extends z.ZodType, B extends z.ZodType> {
  method: Method;
  /** Below `/api/v1`, as express writes it: `/mailings/:id`. */
  path: string;
  summary: string;
  tag: string;
  query?: Q;
  body?: B;
  status?: 200 | 201 | 202 | 204;
  /** Runs before the body is checked: multipart, which JSON parsing leaves alone. */
  upload?: RequestHandler;
  /** The answer holds a secret: it is never kept for a repeated key. */
  secret?: true;
  /** What is answered when it is not JSON; the handler then writes to the response itself. */
  type?: string;
}

interface Guarded<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> extends Description<Q, B> {
  needs: Need;
  answer?: A;
  handle(call: Call<z.output<Q>, z.output<B>>): Promise<z.input<A>> | z.input<A>;
}
interface Open<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> extends Description<Q, B> {
  needs: null;
  answer?: A;
  handle(call: OpenCall<z.output<Q>, z.output<B>>): Promise<z.input<A>> | z.input<A>;
}

export type Route = Guarded<z.ZodType, z.ZodType, z.ZodType> | Open<z.ZodType, z.ZodType, z.ZodType>;

/** Gives a route its types: the handler sees what its schemas promise. */
export const guarded = <Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  route: Guarded<Q, B, A>,
): Route => route;
export const open = <Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(route: Open<Q, B, A>): Route =>
  route;

/** An express router of these routes. */
export function routerOf(deps: HttpDeps, routes: readonly Route[]): Router {
  const router = Router();
  for (const route of routes) {
    const steps: RequestHandler[] = [guard(route)];
    if (route.upload) steps.push(route.upload);
    router[route.method](route.path, ...steps, (request, response) => run(deps, route, request, response));
  }
  return router;
}

/** Before anything is read from the request: may this be asked at all? */
const guard =
  ({ needs }: Route): RequestHandler =>
  (_request, response, next) => {
    if (needs !== null) mayActor(actorOf(response), needs);
    next();
  };

async function run(deps: HttpDeps, route: Route, request: Request, response: Response): Promise<void> {
  const call: OpenCall<unknown, unknown> = {
    params: Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)])),
    query: route.query ? checked(route.query, request.query) : undefined,
    // A left-out body is an empty one: every schema then says which of its fields is missing.
    body: route.body ? checked(route.body, request.body ?? {}) : undefined,
    language: languageOf(request, response),
    request,
    response,
  };
  if (route.needs === null) return answer(route, response, await route.handle(call));
  const actor = actorOf(response);
  if (!actor) throw new Problem('not_signed_in');
  const key = request.headers['idempotency-key'];
  const work = async (): Promise<unknown> => route.handle({ ...call, actor });
  const keeps = route.method === 'post' && !route.upload && !route.type && !route.secret;
  if (!keeps || typeof key !== 'string') {
    return answer(route, response, await work());
  }
  const asked = createHash('sha256')
    .update(JSON.stringify([route.path, call.params, request.body ?? null]))
    .digest('hex');
  return answer(route, response, await once(deps, { key, actor, hash: asked, work }));
}

function answer(route: Route, response: Response, value: unknown): void {
  if (route.type) return;
  const status = route.status ?? 200;
  response.status(status);
  if (status === 204) response.end();
  else response.json(value);
}
