// For load balancers and supervisors: does the process live, and can it serve? Both are answered to anybody, so they
// name what is wrong and nothing else.
import { Router } from 'express';
import { createReadiness, type ReadinessDeps } from './readiness.ts';

export function healthRouter(deps: ReadinessDeps): Router {
  const notReady = createReadiness(deps);
  const router = Router();
  // That it is answered at all is the answer: the event loop turns.
  router.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const problems = await notReady();
    response.setHeader('Cache-Control', 'no-store');
    if (problems.length === 0) response.json({ status: 'ok' });
    else response.status(503).json({ status: 'unavailable', problems });
  });
  return router;
}
