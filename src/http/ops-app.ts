// What a process that only sends answers on its port: is it alive, is it ready, its metrics. Nothing else.
import express, { type Express } from 'express';
import helmet from 'helmet';
import { Problem } from '../domain/problem.ts';
import type { Logger } from '../log.ts';
import { giveRequestId } from './context.ts';
import { healthRouter } from './health.ts';
import { type MetricsDeps, metricsRouter } from './metrics.ts';
import { problemHandler } from './problems.ts';
import type { ReadinessDeps } from './readiness.ts';

export function createOpsApp(deps: ReadinessDeps & MetricsDeps & { log: Logger }): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(giveRequestId, helmet(), healthRouter(deps), metricsRouter(deps));
  app.use((_request, _response, next) => next(new Problem('unknown_route')));
  app.use(problemHandler(deps.log));
  return app;
}
