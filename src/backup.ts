// `herald backup`: a copy of the database as it stands at one instant, while the server goes on. The file is complete or
// not there at all, and only its user can read it: it holds people's data. It carries a name of its own as an
// installation: wherever it is started, also in place of the original, it sends nothing until a person confirms it.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, openSync, closeSync } from 'node:fs';
import { appendFile, chmod, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Problem } from './domain/problem.ts';
import { copySqlite, renameInDump } from './store/copy.ts';
import { sqliteFile } from './store/database.ts';

const PRIVATE = 0o600;
const DUMPERS = ['mariadb-dump', 'mysqldump'] as const;

export interface BackupWish {
  databaseUrl: string;
  file: string;
  signal: AbortSignal;
  /** Where programs are looked for. */
  searchPath: string | undefined;
  /** From 0 to 1; not told of a server's dump, which knows no end. */
  onProgress: (done: number) => void;
}

/** Resolves when the file is complete; throws, and leaves nothing behind, otherwise. */
export async function backUp({ databaseUrl, file, signal, searchPath, onProgress }: BackupWish): Promise<void> {
  const path = resolve(file);
  if (existsSync(path)) throw new Problem('backup_exists', { file });
  const draft = `${path}.${process.pid}.part`;
  const source = sqliteFile(databaseUrl);
  const instanceId = `backup-${randomUUID()}`;
  if (source !== null && !existsSync(source)) throw new Problem('backup_no_database', { file: source });
  try {
    // Made by us and empty first: from its first byte on nobody else can read it.
    closeSync(openSync(draft, 'wx', PRIVATE));
    if (source !== null) await copySqlite(source, draft, { instanceId, signal, onProgress });
    else {
      await dump(databaseUrl, { file: draft, signal, searchPath });
      await appendFile(draft, renameInDump(instanceId));
    }
    await chmod(draft, PRIVATE);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    if (signal.aborted) throw new Problem('backup_stopped', {});
    if ((error as { code?: string }).code === 'ENOENT') throw new Problem('backup_folder', { file });
    throw error;
  }
}

/** The arguments alike for all dumpers; the password goes by the environment, where no list of processes shows it. */
export function dumpArguments(databaseUrl: string): { args: string[]; password: string } {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  return {
    args: [
      '--single-transaction',
      '--skip-lock-tables',
      '--hex-blob',
      '--default-character-set=utf8mb4',
      `--host=${hostname}`,
      `--port=${port || '3306'}`,
      ...(username ? [`--user=${decodeURIComponent(username)}`] : []),
      decodeURIComponent(pathname.slice(1)),
    ],
    password: decodeURIComponent(password),
  };
}

type DumpOptions = Pick<BackupWish, 'file' | 'signal' | 'searchPath'>;

async function dump(databaseUrl: string, options: DumpOptions): Promise<void> {
  const { args, password } = dumpArguments(databaseUrl);
  for (const dumper of DUMPERS) {
    if (await runDumper(dumper, args, { password, ...options })) return;
  }
  throw new Problem('backup_no_dumper', {
    command: `${DUMPERS[0]} ${args.join(' ')} > ${options.file.replace(/\.\d+\.part$/, '')}`,
  });
}

/** Answers false where there is no such program. */
async function runDumper(
  program: string,
  args: readonly string[],
  { password, file, signal, searchPath }: DumpOptions & { password: string },
): Promise<boolean> {
  const child = spawn(program, args, { env: { PATH: searchPath, MYSQL_PWD: password }, signal });
  let complaint = '';
  let broken: NodeJS.ErrnoException | null = null;
  child.on('error', (error) => (broken = error));
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-1000)));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  await pipeline(child.stdout, createWriteStream(file, { mode: PRIVATE }));
  const code = await closed;
  signal.throwIfAborted();
  if (codeOf(broken) === 'ENOENT') return false;
  if (code !== 0) throw new Problem('backup_failed', { program, reason: complaint.trim() || codeOf(broken) });
  return true;
}

const codeOf = (error: NodeJS.ErrnoException | null): string => error?.code ?? 'unknown';
