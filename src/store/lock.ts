// One process per SQLite file: the sender's rule that a dead owner's leases are free at once rests on it. The lock is
// an open exclusive transaction on a file beside the database, which the system lets go of however the process ends.
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import SqliteFile from 'better-sqlite3';
import { Problem } from '../domain/problem.ts';

export interface Lock {
  release(): void;
}

/** Throws `second_process` while another process holds it; answers null for databases that many may share. */
export function lockDatabase(databaseUrl: string): Lock | null {
  const filename = /^sqlite:(?:\/\/)?(.+)$/.exec(databaseUrl)?.[1];
  if (!filename || filename === ':memory:') return null;
  mkdirSync(dirname(resolve(filename)), { recursive: true, mode: 0o700 });
  const handle = new SqliteFile(`${filename}.lock`, { timeout: 0 });
  try {
    handle.exec('begin exclusive');
  } catch (error) {
    handle.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') throw new Problem('second_process', { file: filename });
    throw error;
  }
  return { release: () => void handle.close() };
}
