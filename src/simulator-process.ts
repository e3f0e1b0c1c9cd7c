// One simulated messenger as a child process: started, asked through its control API, ended.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { Problem } from './domain/problem.ts';

/** Beside this file, as source or as build. */
const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './simulator.ts' : './simulator.js', import.meta.url),
);
const START_TIMEOUT_MS = 60_000;

export interface SimulatorProcess {
  channel: string;
  /** Where it listens, as `http://127.0.0.1:<port>`. */
  origin: string;
  /** One call of its control API; throws `simulator_refused` with its words. */
  tell<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T>;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

/** `onExit` is told once, whether it was stopped or died. */
export async function startSimulatorProcess(channel: string, onExit: () => void): Promise<SimulatorProcess> {
  const child = fork(ENTRY, ['--channel', channel, '--port', '0', '--local'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const origin = `http://127.0.0.1:${await readyPort(child)}`;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void gone.then(onExit);
  return {
    channel,
    origin,
    tell: (method, path, body) => tell(origin, method, path, body),
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The port the child says it listens on. */
function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(), START_TIMEOUT_MS);
    const fail = (): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Problem('simulator_failed'));
    };
    child.once('exit', fail);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const line = text.split('\n').find((candidate) => candidate.includes('"simulator.ready"'));
      if (!line) return;
      clearTimeout(timer);
      child.off('exit', fail);
      resolve((JSON.parse(line) as { port: number }).port);
    });
  });
}

async function tell<T>(origin: string, method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T> {
  const { statusCode, body: answer } = await request(`${origin}/_control/${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
  const parsed = (await answer.json()) as T & { error?: string };
  if (statusCode >= 400) throw new Problem('simulator_refused', { reason: parsed.error ?? String(statusCode) });
  return parsed;
}
