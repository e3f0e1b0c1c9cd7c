// Starts a private MariaDB and a private Redis from the system's binaries (temporary folder, free port) and stops them
// when the tests end. Nothing that already runs on the machine is needed or touched.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const FOLDERS = [
  '/usr/sbin',
  '/usr/bin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
  ...(process.env.PATH ?? '').split(':'),
];

export const findBinary = (...names: string[]): string | null =>
  names.flatMap((name) => FOLDERS.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null;

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Resolves once `check` answers true; rejects after `timeoutMs`, naming what was waited for. */
export async function until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await pause(20);
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

export interface Service {
  url: string;
  process: ChildProcess;
  folder: string;
  /** Ends it as a power failure would; its data stay. */
  fail(): Promise<void>;
  /** It hangs: its connections stand, new ones are taken, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on the same data and port. */
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

const running = new Set<Service>();
process.once('exit', () => {
  for (const service of running) {
    service.process.kill('SIGKILL');
    rmSync(service.folder, { recursive: true, force: true });
  }
});

async function serve(binary: string, args: string[], folder: string, port: number, url: string): Promise<Service> {
  const launch = (): ChildProcess => spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const isUp = async ({ process: child }: Service): Promise<void> => {
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-4000);
    });
    await until(
      `${binary} on port ${port}`,
      () => {
        if (child.exitCode !== null) throw new Error(`${binary} ended: ${complaint}`);
        return listens(port);
      },
      60_000,
    );
  };
  const service: Service = {
    url,
    process: launch(),
    folder,
    async fail() {
      const { process: child } = service;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
    freeze: () => void service.process.kill('SIGSTOP'),
    thaw: () => void service.process.kill('SIGCONT'),
    async comeBack() {
      service.process = launch();
      await isUp(service);
    },
    async stop() {
      running.delete(service);
      await service.fail();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  running.add(service);
  await isUp(service);
  return service;
}

const asUser = process.getuid?.() === 0 ? ['--user=root'] : [];

export async function startMariadb(): Promise<Service> {
  const server = findBinary('mariadbd', 'mysqld');
  const installer = findBinary('mariadb-install-db', 'mysql_install_db');
  if (!server || !installer) throw new Error('MariaDB is not installed (package mariadb-server)');
  const folder = mkdtempSync(join(tmpdir(), 'herald-mariadb-'));
  execFileSync(
    installer,
    [
      '--no-defaults',
      ...asUser,
      `--datadir=${folder}/data`,
      // A server that starts clears its folder for temporary tables: each has its own.
      `--tmpdir=${folder}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { stdio: 'ignore' },
  );
  const port = await freePort();
  return serve(
    server,
    [
      '--no-defaults',
      ...asUser,
      `--datadir=${folder}/data`,
      `--tmpdir=${folder}`,
      `--socket=${folder}/sock`,
      `--pid-file=${folder}/pid`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-networking=0',
      '--skip-name-resolve',
      '--skip-log-bin',
      '--innodb-buffer-pool-size=256M',
      '--innodb-flush-log-at-trx-commit=2',
      '--max-allowed-packet=64M',
    ],
    folder,
    port,
    `mysql://root@127.0.0.1:${port}`,
  );
}

/** On the same port as before where one is given: a Redis that comes back empty. */
export async function startRedis(samePort?: number): Promise<Service> {
  const server = findBinary('redis-server');
  if (!server) throw new Error('Redis is not installed (package redis-server)');
  const folder = mkdtempSync(join(tmpdir(), 'herald-redis-'));
  const port = samePort ?? (await freePort());
  return serve(
    server,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    folder,
    port,
    `redis://127.0.0.1:${port}`,
  );
}
