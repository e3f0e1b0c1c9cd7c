// The other end of the fake channel: an HTTP server that takes messages, remembers each by key with its time of
// arrival, and answers as it was told. In this process for tests, in its own (`sink-process.ts`) where ours is killed.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  status: number;
  body?: Record<string, unknown>;
  /** Never answers; the message counts as arrived. */
  silent?: boolean;
}

export interface Arrival {
  address: string;
  key: string;
  body: string;
  /** Milliseconds, `performance` clock of the sink. */
  at: number;
}

export interface Sink {
  url: string;
  arrivals: Arrival[];
  /** How to answer one message; accepted where it says nothing. */
  answer: (address: string, key: string) => Answer | null;
  stop(): Promise<void>;
}

export async function startSink({ port = 0, dropsRepeats = false } = {}): Promise<Sink> {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = request.url ?? '/';
      if (url === '/_arrivals')
        return void response.end(JSON.stringify(sink.arrivals.map(({ address, key, at }) => [address, key, at])));
      const [, , address = '', key = ''] = url.split('/');
      const answer = sink.answer(address, key) ?? { status: 200 };
      if (answer.status === 200 && !(dropsRepeats && seen.has(key))) {
        seen.add(key);
        sink.arrivals.push({ address, key, at: performance.now(), body: Buffer.concat(chunks).toString() });
      }
      if (answer.silent) return void request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body ?? { id: `m-${key}` }));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const sink: Sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals: [],
    answer: () => null,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return sink;
}
