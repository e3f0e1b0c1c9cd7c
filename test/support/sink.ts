// The other end of the fake channel, and of a real one: an HTTP server that takes messages, remembers each by key with
// its time of arrival, and answers as it was told. In this process for tests, in its own (`sink-process.ts`) where ours
// is killed.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

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

export interface SinkOptions {
  port?: number;
  dropsRepeats?: boolean;
  /** How long it takes to answer. */
  delayMs?: number;
}

export async function startSink({ port = 0, dropsRepeats = false, delayMs = 0 }: SinkOptions = {}): Promise<Sink> {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = request.url ?? '/';
      if (url === '/_arrivals') return void response.end(JSON.stringify(sink.arrivals));
      const body = Buffer.concat(chunks).toString();
      const { address, key } = receiverOf(url, body);
      const answer = sink.answer(address, key) ?? { status: 200 };
      if (answer.status === 200 && !(dropsRepeats && seen.has(key))) {
        seen.add(key);
        sink.arrivals.push({ address, key, at: performance.now(), body });
      }
      if (answer.silent) return void request.socket.destroy();
      const say = (): void => {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body ?? accepted(key)));
      };
      if (delayMs === 0) say();
      else void pause(delayMs).then(say);
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

/** The fake channel names both in the address; a Bot API has the person in the body, and no key. */
function receiverOf(url: string, body: string): { address: string; key: string } {
  if (!url.startsWith('/bot')) {
    const [, , address = '', key = ''] = url.split('/');
    return { address, key };
  }
  const { chat_id: chat } = JSON.parse(body) as { chat_id: number };
  return { address: String(chat), key: '' };
}

/** What both take for a yes. */
const accepted = (key: string): Record<string, unknown> => ({ id: `m-${key}`, ok: true, result: { message_id: 1 } });
