// The reference page at `/docs`, drawn from the same routes as the OpenAPI document. Self-contained: no script, no
// outside host.
import { type RequestHandler, Router } from 'express';
import * as z from 'zod';
import { translate } from '../i18n.ts';
import { languageOf } from './context.ts';
import { type OpenApiDocument, openApiDocument, openApiPath } from './openapi.ts';
import type { Route } from './route.ts';
import { VERSION } from './session.ts';

export function docsRouter(routes: readonly Route[]): Router {
  const router = Router();
  router.get('/docs', page(routes));
  return router;
}

const page =
  (routes: readonly Route[]): RequestHandler =>
  (request, response) => {
    const language = languageOf(request, response);
    const say = (key: string): string => escape(translate(language, `server:docs.${key}`));
    const document = openApiDocument(routes, VERSION);
    const tags = [...new Set(routes.map(({ tag }) => tag))];
    response.type('html').send(`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${say('title')}</title><style>${STYLE}</style></head><body>
<header><h1>${say('title')}</h1><p>${escape(document.info.description ?? '')}</p>
<p><a href="/api/v1/openapi.json">openapi.json</a></p>
<nav>${tags.map((tag) => `<a href="#${slug(tag)}">${escape(tag)}</a>`).join(' ')}</nav></header>
<main>${tags.map((tag) => section(tag, routes, say)).join('')}
<h2 id="schemas">${say('schemas')}</h2>${schemas(document)}</main></body></html>`);
  };

const section = (tag: string, routes: readonly Route[], say: (key: string) => string): string =>
  `<section id="${slug(tag)}"><h2>${escape(tag)}</h2>${routes
    .filter((route) => route.tag === tag)
    .map((route) => operation(route, say))
    .join('')}</section>`;

const operation = (route: Route, say: (key: string) => string): string =>
  `<details><summary><code class="method">${route.method.toUpperCase()}</code> <code>${escape(openApiPath(route.path))}</code>
<span>${escape(route.summary)}</span></summary>
<p>${route.needs === null ? say('open') : `${say('needs')} <code>${route.needs}</code>`}</p>
${part(say('query'), route.query)}${route.upload ? `<h3>${say('body')}</h3><p><code>multipart/form-data</code>: <code>file</code></p>` : part(say('body'), route.body)}
${route.type ? `<h3>${say('answer')}</h3><p><code>${escape(route.type)}</code></p>` : part(say('answer'), route.answer)}</details>`;

const part = (title: string, schema: z.ZodType | undefined): string =>
  schema ? `<h3>${title}</h3><pre>${escape(JSON.stringify(jsonSchema(schema), null, 2))}</pre>` : '';

const jsonSchema = (schema: z.ZodType): unknown => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
};

const schemas = (document: OpenApiDocument): string =>
  Object.entries(document.components?.schemas ?? {})
    .map(
      ([name, schema]) =>
        `<details><summary><code>${escape(name)}</code></summary><pre>${escape(JSON.stringify(schema, null, 2))}</pre></details>`,
    )
    .join('');

const slug = (text: string): string => text.toLowerCase().replace(/\W+/g, '-');

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
nav a{margin-right:.75rem}details{border:1px solid var(--line);border-radius:8px;margin:.5rem 0;padding:.5rem .75rem}
summary{cursor:pointer}summary span{margin-left:.5rem}.method{font-weight:700}
pre{overflow:auto;background:var(--soft);padding:.75rem;border-radius:6px;max-height:30rem}h3{font-size:1rem;margin:.75rem 0 .25rem}`;
