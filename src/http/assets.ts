// Serves the built admin page: files with a hash in their name for ever, pre-compressed ones as they lie there, and
// the page itself for every address it routes by itself.
import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import express, { type RequestHandler, Router } from 'express';

const YEAR_SECONDS = 31_536_000;
const IMMUTABLE = `public, max-age=${YEAR_SECONDS}, immutable`;

/** Vite puts everything whose name carries a hash below `assets/`. */
const HASHED = /^\/assets\//;

const ENCODINGS = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;

export function adminRouter(folder: string): Router {
  const router = Router();
  router.use(preCompressed(folder));
  router.use(
    express.static(folder, {
      index: false,
      setHeaders: (response, path) => {
        const hashed = HASHED.test(path.slice(folder.length).replaceAll('\\', '/'));
        response.setHeader('Cache-Control', hashed ? IMMUTABLE : 'no-cache');
      },
    }),
  );
  router.get('/{*page}', (request, response, next) => {
    // A missing file is missing, and the API has no pages; only addresses of pages get the page.
    if (/^\/api\/|\.\w+$/.test(request.path) || !request.accepts('html')) return next();
    const page = join(folder, 'index.html');
    if (!existsSync(page)) return next();
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile(page);
  });
  return router;
}

const preCompressed =
  (folder: string): RequestHandler =>
  (request, response, next) => {
    if (!HASHED.test(request.path) || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
    const file = normalize(join(folder, decodeURIComponent(request.path)));
    if (!file.startsWith(normalize(folder))) return next();
    const encoding = ENCODINGS.find(({ name, ending }) => request.acceptsEncodings(name) && existsSync(file + ending));
    if (!encoding) return next();
    response.setHeader('Cache-Control', IMMUTABLE);
    response.setHeader('Content-Encoding', encoding.name);
    response.vary('Accept-Encoding');
    response.type(file.slice(file.lastIndexOf('.')));
    response.sendFile(file + encoding.ending, {
      headers: { 'Content-Type': String(response.getHeader('Content-Type')) },
    });
  };

/** The embeddable script: fetched by other sites, so it says that this is meant. */
export function widgetScriptRouter(folder: string): Router {
  const router = Router();
  router.get('/widget.js', (_request, response, next) => {
    const file = join(folder, 'widget.js');
    if (!existsSync(file)) return next();
    response.setHeader('Cache-Control', 'public, max-age=300');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.sendFile(file);
  });
  return router;
}
