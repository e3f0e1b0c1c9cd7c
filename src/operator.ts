// The API as the command line uses it: in this process, over a socket file that only its user can reach, as the
// machine's own operator. So a command can do nothing that the API does not check, and needs no code of its own for it.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'undici';
import { ASSETS, type House } from './boot.ts';
import { createLocalBus } from './bus.ts';
import { Problem } from './domain/problem.ts';
import type { SimulatorControl } from './domain/simulator.ts';
import { createApp } from './http/app.ts';
import type { ProblemDetails } from './http/api/common.ts';
import { createInstance } from './instance.ts';
import type { Logger } from './log.ts';
import { createMeter } from './meter.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Answer<T> {
  body: T;
  /** The bytes as they came: for answers that are not JSON. */
  text: string;
}

export interface Operator {
  /** Throws `RefusedByApi` when the API refuses. */
  call<T>(method: Method, path: string, body?: object): Promise<Answer<T>>;
  close(): Promise<void>;
}

/** What the API answered, in its own words. */
export class RefusedByApi extends Error {
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails) {
    super([problem.detail, ...(problem.errors ?? []).map(({ path, message }) => `  ${path}: ${message}`)].join('\n'));
    this.name = 'RefusedByApi';
    this.problem = problem;
  }
}

/** The simulator belongs to the running server; the command line has `npm run simulator`. */
const noSimulator: SimulatorControl = {
  start: () => Promise.reject(new Problem('unknown_route')),
  state: () => Promise.reject(new Problem('unknown_route')),
  patch: () => Promise.reject(new Problem('unknown_route')),
  stop: () => Promise.reject(new Problem('unknown_route')),
};

export async function openOperator(house: House, options: { log: Logger; language: string }): Promise<Operator> {
  const common = { ...house, bus: createLocalBus(), log: options.log, now: Date.now };
  const app = createApp({
    ...common,
    instance: createInstance(common),
    meter: createMeter(),
    isStopping: () => false,
    publicUrl: () => house.config.publicUrl ?? `http://localhost:${house.config.port}`,
    simulator: noSimulator,
    operator: { staffId: null, tokenId: null, role: 'owner', scopes: null, name: 'operator', language: null },
    setupToken: null,
    assets: ASSETS,
  });
  // The folder is made for this user alone.
  const folder = mkdtempSync(join(tmpdir(), 'herald-'));
  const socketPath = join(folder, 'operator.sock');
  const server = createServer(app.handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  const client = new Client('http://localhost', { socketPath, headersTimeout: 0, bodyTimeout: 0 });
  return {
    async call<T>(method: Method, path: string, body?: object): Promise<Answer<T>> {
      const response = await client.request({
        method,
        path: `/api/v1${path}`,
        headers: { 'accept-language': options.language, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.body.text();
      const json = /json/.test(String(response.headers['content-type']));
      if (response.statusCode >= 400) {
        throw new RefusedByApi(
          json
            ? (JSON.parse(text) as ProblemDetails)
            : { type: '', title: '', status: response.statusCode, code: '', detail: text },
        );
      }
      return { body: (json ? JSON.parse(text) : null) as T, text };
    },
    async close() {
      await client.close();
      await app.close();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
