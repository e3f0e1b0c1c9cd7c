// A Bot API of our own to try things with: speaks the platform's HTTP, checks requests and keeps limits as it does, and
// is peopled by a crowd. It runs in a process of its own; README.md in the channel's folder says what it leaves out.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { control } from './control.ts';
import { createCrowd } from './crowd.ts';
import { type Call, METHODS } from './methods.ts';
import { readParams } from './params.ts';
import { Refusal } from './refusal.ts';
import { createWorld, type SimulatedBot, type World } from './world.ts';

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

/** Uploads up to the documented 50 MB, and a little for the form around them. */
const MAX_BODY = 51 * 1024 * 1024;

export async function startTelegramSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { port, host = '127.0.0.1', local = false, now = Date.now, random = Math.random } = options;
  const world = createWorld(now, random);
  const crowd = createCrowd(world);

  const call = async (bot: SimulatedBot, method: string, request: Pick<Call, 'params' | 'gone'>): Promise<unknown> => {
    const run = METHODS[method.toLowerCase()];
    if (!run) throw new Refusal(404, 'Not Found: method not found');
    return run({ ...request, world, bot, local, onReceived: crowd.react });
  };

  const answerApi = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const [, token = '', method = ''] = /^\/bot([^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const body = await readBody(request);
      if (body === null) throw new Refusal(413, 'Request Entity Too Large');
      if (!/^\d+:[\w-]+$/.test(token)) throw new Refusal(404, 'Not Found');
      const bot = world.bots.get(token);
      if (!bot) throw new Refusal(401, 'Unauthorized');
      listenToReplies(bot, call);
      const params = await readParams(url.searchParams, request.headers['content-type'] ?? '', body);
      if (world.behaviour.delay > 0) await pause(world.behaviour.delay);
      send(response, 200, { ok: true, result: await call(bot, method, { params, gone: gone.signal }) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 400) world.counts.rejected += 1;
      const { code, description, parameters } = error;
      send(response, code, { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) });
    }
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const work = url.pathname.startsWith('/_control/')
      ? answerControl(request, response, url)
      : url.pathname.startsWith('/file/bot')
        ? answerFile(world, response, url)
        : answerApi(request, response, url);
    work.catch((error: unknown) => {
      const description = `Internal Server Error: ${error instanceof Error ? error.message : 'unknown'}`;
      send(response, 500, { ok: false, error_code: 500, description });
    });
  });

  const answerControl = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const text = (await readBody(request))?.toString('utf8') ?? '';
    const wish = {
      method: request.method ?? 'GET',
      path: url.pathname.slice('/_control/'.length),
      query: url.searchParams,
    };
    const body = parse(text);
    if (body === undefined) return send(response, 400, { error: 'the body is not JSON' });
    const answer = control(world, crowd, { ...wish, body });
    send(response, answer.status, answer.body);
  };

  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  // `listen` has resolved, so the address is that of a socket.
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    async close() {
      crowd.close();
      for (const bot of world.bots.values()) bot.updates.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

type Run = (bot: SimulatedBot, method: string, request: Pick<Call, 'params' | 'gone'>) => Promise<unknown>;

/** A method call that comes as a webhook's answer is carried out, and its result is lost, as documented. */
function listenToReplies(bot: SimulatedBot, call: Run): void {
  bot.updates.onReply = (method, values) => {
    const request = { params: { values, uploads: new Map() }, gone: new AbortController().signal };
    call(bot, method, request).catch(() => undefined);
  };
}

async function answerFile(world: World, response: ServerResponse, url: URL): Promise<void> {
  const [, token = '', path = ''] = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  const file = [...(world.bots.get(token)?.files.values() ?? [])].find((candidate) => candidate.path === path);
  if (!file) return send(response, 404, { ok: false, error_code: 404, description: 'Not Found' });
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.body.length });
  response.end(file.body);
}

/** Null when it is larger than any request may be. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size <= MAX_BODY) chunks.push(bytes);
  }
  return size > MAX_BODY ? null : Buffer.concat(chunks);
}

/** Undefined for what is no JSON; nothing at all counts as an empty object. */
function parse(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
