// An HTTP server that answers as a test tells it to, and remembers what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  /** The body as it came, for what is no text. */
  bytes: Buffer;
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

export interface ScriptServer {
  /** `http://127.0.0.1:<port>`; empty until it runs. */
  origin: string;
  asked: Asked[];
  /** What is answered from now on. */
  answer: Answer;
  close(): Promise<void>;
}

export const answerJson =
  (status: number, body: unknown): Answer =>
  (_asked, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response
      .writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' })
      .end(text);
  };

/** For the tests of one file or one `describe`: it runs while they do, and before each it has been asked nothing. */
export function useScriptServer(): ScriptServer {
  const { server, start } = createScriptServer();
  before(start);
  beforeEach(() => {
    server.asked.length = 0;
  });
  after(() => server.close());
  return server;
}

export async function startScriptServer(): Promise<ScriptServer> {
  const { server, start } = createScriptServer();
  await start();
  return server;
}

function createScriptServer(): { server: ScriptServer; start(): Promise<void> } {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const bytes = Buffer.concat(chunks);
      const asked = { method, path: url, headers, body: bytes.toString('utf8'), bytes };
      server.asked.push(asked);
      server.answer(asked, response);
    });
  });
  const server: ScriptServer = {
    origin: '',
    asked: [],
    answer: answerJson(200, {}),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  const start = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      http.listen(0, '127.0.0.1', resolve);
    });
    server.origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  };
  return { server, start };
}
