// One or more routers over real HTTP on a free port, with the server's own handling of problems.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import { giveRequestId } from '../../src/http/context.ts';
import { problemHandler } from '../../src/http/problems.ts';
import { createLog } from '../../src/log.ts';

export interface Served {
  url: string;
  stop(): Promise<void>;
}

export async function serve(...routers: Router[]): Promise<Served> {
  const app = express();
  app.set('query parser', 'simple');
  app.use(giveRequestId, ...routers, problemHandler(createLog('silent')));
  const server = createServer(app);
  // On a busy machine a test may pause for longer than the usual five seconds, and reuse a connection just then closed.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
