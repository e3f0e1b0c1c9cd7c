// The whole server as a process of its own, as `npm start` runs it, on a free port with a data folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, until } from './services.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `npm test` builds first, and then the build is what is tested; a single test file runs the sources. */
const command = (entry: string): string[] =>
  process.env.HERALD_BUILT ? [`dist/src/${entry}.js`] : ['--import', 'tsx', `src/${entry}.ts`];

const processes = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of processes) child.kill('SIGKILL');
});

export interface Ended {
  code: number | null;
  output: string;
}

/** Runs one of the entry files to its end. */
export async function runEntry(
  entry: 'main' | 'cli' | 'simulator',
  args: readonly string[],
  environment: Record<string, string>,
  input = '',
): Promise<Ended> {
  const child = spawn(process.execPath, [...command(entry), ...args], {
    cwd: ROOT,
    env: { ...cleanEnvironment(), ...environment },
  });
  processes.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  processes.delete(child);
  return { code, output };
}

/** Without what the person running the tests may have set for a Herald of their own. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), LANG: 'en_US.UTF-8', LOG_LEVEL: 'info' };
}

export interface RunningServer {
  url: string;
  port: number;
  folder: string;
  environment: Record<string, string>;
  process: ChildProcess;
  /** The one-time link's token; null once there is an owner. */
  setupToken: string | null;
  /** Everything it has printed. */
  output(): string;
  /** Ends it as a signal does; resolves with its exit code. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts a server; `again` starts one on the data of another that has ended. */
export async function startServer(
  environment: Record<string, string> = {},
  again?: Pick<RunningServer, 'folder' | 'port'>,
): Promise<RunningServer> {
  // Not there yet, as on a fresh clone.
  const folder = again?.folder ?? join(mkdtempSync(join(tmpdir(), 'herald-server-')), 'data');
  const port = again?.port ?? (await freePort());
  const full: Record<string, string> = {
    PORT: String(port),
    HOST: '127.0.0.1',
    // Its own, since the usual one may be in use on this machine.
    MAIL_PORT: String(await freePort()),
    DATA_FOLDER: folder,
    DATABASE_URL: `sqlite:${join(folder, 'herald.sqlite')}`,
    ...environment,
  };
  const child = spawn(process.execPath, command('main'), {
    cwd: ROOT,
    env: { ...cleanEnvironment(), ...full },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  void gone.then(() => processes.delete(child));
  await until(
    'the server to be ready',
    () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output}`);
      return output.includes('Herald is ready') || (full.ROLE === 'sender' && output.includes('sender.ready'));
    },
    60_000,
  );
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return gone;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    folder,
    environment: full,
    process: child,
    setupToken: /setup\?token=(\S+)/.exec(output)?.[1] ?? null,
    output: () => output,
    end,
    async stop() {
      await end('SIGKILL');
      rmSync(dirname(folder), { recursive: true, force: true });
    },
  };
}
