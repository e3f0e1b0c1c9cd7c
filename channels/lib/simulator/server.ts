// The HTTP side of a simulator: the control API below `/_control`, and the platform's own everywhere else.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseJson } from '../json.ts';
import { control, type House } from './control.ts';
import type { SimulatedBot } from './world.ts';

export interface SimulatorOptions {
  port: number;
  host?: string;
  /** Accept webhooks without https and on any port. */
  local?: boolean;
  now?: () => number;
  random?: () => number;
}

export interface RunningSimulator {
  port: number;
  close(): Promise<void>;
}

export interface ApiRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  /** Null when it is larger than any request may be. */
  body: Buffer | null;
  /** The asker has hung up. */
  gone: AbortSignal;
}

export interface ApiAnswer {
  status: number;
  headers?: Record<string, string>;
  /** Bytes as they are; anything else as JSON. */
  body: unknown;
}

export interface Serving<Bot extends SimulatedBot> {
  options: SimulatorOptions;
  house: House<Bot>;
  /** Most bytes of a request. */
  maxBody: number;
  answer(request: ApiRequest): Promise<ApiAnswer>;
  /** Closes what else was opened. */
  close?(): Promise<void>;
}

/** Rejects where the port cannot be had. `close` ends what is open at once. */
export async function serve<Bot extends SimulatedBot>(serving: Serving<Bot>): Promise<RunningSimulator> {
  const { options, house, maxBody, answer } = serving;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const work = url.pathname.startsWith('/_control/')
      ? answerControl(house, request, url)
      : answerApi(answer, maxBody, { request, response, url });
    work
      .catch((error: unknown) => ({
        status: 500,
        body: { error: `Internal Server Error: ${error instanceof Error ? error.message : 'unknown'}` },
      }))
      .then((result) => send(response, result));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host ?? '127.0.0.1', resolve);
  });
  // `listen` has resolved, so the address is that of a socket.
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    async close() {
      house.crowd.close();
      for (const bot of house.world.bots.values()) bot.updates.close();
      await serving.close?.();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

const MAX_CONTROL_BODY = 1024 * 1024;

async function answerControl<Bot extends SimulatedBot>(
  house: House<Bot>,
  request: IncomingMessage,
  url: URL,
): Promise<ApiAnswer> {
  const text = (await readBody(request, MAX_CONTROL_BODY))?.toString('utf8') ?? '';
  const body = text === '' ? {} : parseJson(text);
  if (body === undefined) return { status: 400, body: { error: 'the body is not JSON' } };
  const path = url.pathname.slice('/_control/'.length);
  return control(house, { method: request.method ?? 'GET', path, query: url.searchParams, body });
}

async function answerApi(
  answer: (request: ApiRequest) => Promise<ApiAnswer>,
  maxBody: number,
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<ApiAnswer> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const body = await readBody(request, maxBody);
  return answer({ method: request.method ?? 'GET', url, headers: request.headers, body, gone: gone.signal });
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size <= maxBytes) chunks.push(bytes);
  }
  return size > maxBytes ? null : Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body }: ApiAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const raw = Buffer.isBuffer(body);
  const bytes = raw ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': raw ? 'application/octet-stream' : 'application/json',
    'content-length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}
