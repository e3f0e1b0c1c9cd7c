// Starts the HTTP side on a free port over a fresh database, with channels of the test's choice, and gives a client
// that signs in by cookie or token as a browser or a program would.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createLocalBus } from '../../src/bus.ts';
import { readConfig } from '../../src/config.ts';
import type { Channel } from '../../src/domain/channel.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Instance } from '../../src/domain/instance.ts';
import type { SimulatorControl, SimulatorState } from '../../src/domain/simulator.ts';
import { type App, createApp } from '../../src/http/app.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { createMeter } from '../../src/meter.ts';
import { openKeyring } from '../../src/store/secrets.ts';
import { insertStaff } from '../../src/store/staff.ts';
import { insertToken, type Scope } from '../../src/store/tokens.ts';
import { type DatabaseKind, newDatabase } from './databases.ts';
import { plainChannel } from './plain-channel.ts';

export const PASSWORD = 'correct horse battery';
export const SETUP_TOKEN = 'setup-token-of-the-test';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; null for an empty one. */
  body: never;
}

/** Sends JSON and reads JSON. `headers` may override anything, also the origin. */
export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

export interface TestApp {
  url: string;
  deps: HttpDeps;
  app: App;
  server: Server;
  /** Lines of the log, as text. */
  logged: string[];
  /** Nobody's requests. */
  ask: Ask;
  /** Requests of an owner's token with these scopes. */
  token(...scopes: Scope[]): Promise<Ask>;
  /** Requests of a person of this role, signed in through the page. */
  person(role: string): Promise<Ask>;
  stop(): Promise<void>;
}

export interface TestAppOptions {
  kind?: DatabaseKind;
  channels?: readonly Channel[];
  environment?: Record<string, string>;
  deps?: Partial<HttpDeps>;
}

export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const db = options.deps?.db ?? (await newDatabase(options.kind ?? 'sqlite'));
  const folder = mkdtempSync(join(tmpdir(), 'herald-http-'));
  const channels = new Map((options.channels ?? [plainChannel()]).map((channel) => [channel.name, channel]));
  const logged: string[] = [];
  let url = '';
  const deps: HttpDeps = {
    config: readConfig({ DATA_FOLDER: folder, ...options.environment }, [...channels.keys()]),
    db,
    keyring: openKeyring('ab'.repeat(32)),
    channels,
    bus: createLocalBus(),
    log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    now: Date.now,
    meter: createMeter(),
    isStopping: () => false,
    publicUrl: () => url,
    simulator: silentSimulator(),
    instance: SURE,
    setupToken: SETUP_TOKEN,
    assets: { admin: join(folder, 'admin'), widget: join(folder, 'widget') },
    ...options.deps,
  };
  const app = createApp(deps);
  const server = createServer(app.handler);
  app.attach(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = asker(url, {});
  let people = 0;
  return {
    url,
    deps,
    app,
    server,
    logged,
    ask,
    async token(...scopes) {
      const { token } = await insertToken(db, { name: 'test', scopes, staffId: null, now: deps.now() });
      return asker(url, { authorization: `Bearer ${token}` });
    },
    async person(role) {
      people += 1;
      const email = `${role}${people}@example.com`;
      await insertStaff(db, { email, name: role, role, password: PASSWORD, language: null, now: deps.now() });
      const { headers } = await ask('POST', '/api/v1/session', { email, password: PASSWORD });
      return asker(url, { cookie: cookieOf(headers), origin: url });
    },
    async stop() {
      await app.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await deps.bus.close();
      await db.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const cookieOf = (headers: Headers): string => headers.getSetCookie()[0]?.split(';')[0] ?? '';

export const asker =
  (url: string, base: Record<string, string>): Ask =>
  async (method, path, body, headers = {}) => {
    const json = body !== undefined && !(body instanceof FormData) && typeof body !== 'string';
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...base, ...headers },
      ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body as FormData | string) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : null) as never,
    };
  };

/** A server that nobody doubts. */
const SURE: Instance = {
  isConfirmed: async () => true,
  state: async () => ({ doubt: null, since: 1, host: 'here', lastSentAt: null, mailings: 0, sendingElsewhere: [] }),
  confirm: async () => undefined,
};

function silentSimulator(): SimulatorControl {
  let state: SimulatorState = {
    running: false,
    channels: ['plain'],
    messengers: [],
    filled: 0,
    people: 0,
    persons: 0,
    shared: 0,
    behaviour: {},
    received: 0,
    throttled: 0,
  };
  return {
    async start({ channels = [], people, overlap, behaviour }) {
      if (channels.some((name) => !state.channels.includes(name)))
        throw new Problem('channel_unknown', { permitted: 'plain' });
      state = { ...state, running: true, people: people + overlap, persons: people, shared: overlap, behaviour };
      return state;
    },
    state: async () => state,
    async patch(behaviour) {
      state = { ...state, behaviour: { ...state.behaviour, ...behaviour } };
      return state;
    },
    async stop() {
      state = { ...state, running: false };
      return state;
    },
  };
}
