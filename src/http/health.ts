// For load balancers: does the process live, and can it serve?
import { Router } from 'express';
import type { HttpDeps } from './deps.ts';

export function healthRouter({ db }: Pick<HttpDeps, 'db'>): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    try {
      await db.raw('select 1');
      response.json({ status: 'ok' });
    } catch {
      response.status(503).json({ status: 'unavailable', waitingFor: 'database' });
    }
  });
  return router;
}
