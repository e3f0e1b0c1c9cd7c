// Puts the HTTP side together, in the order a request passes it: marks and headers, what needs the bare bytes
// (webhooks), the API, the pages. Nothing here knows what any of it is for.
import type { Server } from 'node:http';
import compression from 'compression';
import express, { type Express, type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { Problem } from '../domain/problem.ts';
import { receive } from '../inbound/receive.ts';
import { adminRouter, widgetScriptRouter } from './assets.ts';
import { authenticate, limitTries, refuseOtherSites } from './auth.ts';
import { hangUpAfter } from './body.ts';
import { giveRequestId, requestIdOf } from './context.ts';
import type { HttpDeps } from './deps.ts';
import { demoRouter } from './demo.ts';
import { docsRouter } from './docs.ts';
import { leavingRouter } from './leaving.ts';
import { servedRouter } from './served.ts';
import { healthRouter } from './health.ts';
import { metricsRouter } from './metrics.ts';
import { mediaRouter } from './media.ts';
import { problemHandler, tooLarge } from './problems.ts';
import { publicRouter } from './public.ts';
import { routerOf } from './route.ts';
import { allRoutes } from './routes.ts';
import type { WidgetDeps } from './widget-access.ts';
import { webhookRouter } from './webhooks.ts';
import { attachWidgetSockets, type WidgetSockets } from './widget-sockets.ts';
import { widgetRouter } from './widget.ts';

const JSON_LIMIT = 2 * 1024 * 1024;

export interface App {
  handler: Express;
  /** Sockets of the website chat, on the same port. */
  attach(server: Server): void;
  /** Ends open streams, so that the server can close. */
  close(): Promise<void>;
}

export function createApp(deps: HttpDeps): App {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', deps.config.trustProxy);
  app.set('query parser', 'simple');
  app.use(giveRequestId, logRequests(deps), securityHeaders(deps), compression({ filter: compressible }));
  app.use(healthRouter(deps), metricsRouter(deps), webhookRouter(deps), publicRouter(deps));
  app.use(leavingRouter(deps), servedRouter(deps));
  const { routes, close } = allRoutes(deps);
  app.use('/api/v1', apiRouter(deps, routes));
  app.use(docsRouter(routes));
  app.use(mediaRouter(deps));
  const widget = widgetDeps(deps);
  app.use(widgetScriptRouter(deps.assets.widget), widgetRouter(widget), demoRouter(deps));
  app.use(adminRouter(deps.assets.admin));
  app.use((_request, _response, next) => next(new Problem('unknown_route')));
  app.use(problemHandler(deps.log));
  let sockets: WidgetSockets | null = null;
  return {
    handler: app,
    attach(server) {
      sockets = attachWidgetSockets(server, widget);
    },
    async close() {
      await sockets?.close();
      await close();
    },
  };
}

function widgetDeps(deps: HttpDeps): WidgetDeps {
  const trackingKey = deps.keyring.derive('tracking');
  return { ...deps, receive: (bot, facts) => receive({ ...deps, trackingKey }, bot, facts) };
}

function apiRouter(deps: HttpDeps, routes: ReturnType<typeof allRoutes>['routes']): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  router.use(authenticate(deps), refuseLarge, express.json({ limit: JSON_LIMIT }), onlyJson);
  const tries = limitTries();
  router.post('/session', refuseOtherSites, ...tries);
  router.post('/setup', refuseOtherSites, ...tries);
  router.use(routerOf(deps, routes));
  router.use((request, _response, next) =>
    next(new Problem('unknown_route', { path: request.originalUrl.slice(0, 200) })),
  );
  return router;
}

/** By the announced length, before the parser: it would first let the whole body come. Files have limits of their own. */
const refuseLarge: RequestHandler = (request, response, next) => {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced <= JSON_LIMIT || request.is('multipart/form-data')) return next();
  hangUpAfter(request, response);
  next(tooLarge(JSON_LIMIT));
};

/** A body in another form would be taken for an empty one, and the answer would complain of missing fields. */
const onlyJson: RequestHandler = (request, _response, next) => {
  const carriesBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (carriesBody && request.is(['json', 'multipart/form-data']) === false) throw new Problem('unsupported_type');
  next();
};

function securityHeaders({ config }: HttpDeps): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Promised to browsers only where we know that we are reached over TLS.
    ...(config.publicUrl?.startsWith('https:') ? {} : { strictTransportSecurity: false }),
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  });
}

/** A stream of events must not wait in a compressor's buffer. */
const compressible: compression.CompressionFilter = (request, response) =>
  !String(response.getHeader('Content-Type')).startsWith('text/event-stream') && compression.filter(request, response);

/** One line a request: never its query or body, and below `/api` only, where paths hold no token. */
function logRequests({ log, now }: HttpDeps): RequestHandler {
  return (request, response, next) => {
    const start = now();
    response.once('finish', () => {
      const path = request.originalUrl.split('?')[0] ?? '';
      if (!path.startsWith('/api/')) return;
      log.debug({
        event: 'http.answered',
        requestId: requestIdOf(response),
        method: request.method,
        path,
        status: response.statusCode,
        ms: now() - start,
      });
    });
    next();
  };
}
