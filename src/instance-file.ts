// The file beside the configuration that says which installation this is: the id, and the inode number the file had when
// it was written. A folder that was copied as a whole holds the right id in a file with another number.
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Claim } from './domain/instance.ts';
import { Problem } from './domain/problem.ts';

const NAME = 'instance.id';
const LINES = /^([\w.-]+)\n(\d+)\n/;

/** Null where there is none, or none that can be read. */
export function readInstanceFile(folder: string): (Claim & { from: 'file' }) | null {
  const path = join(folder, NAME);
  try {
    const inode = statSync(path, { bigint: true }).ino.toString();
    const [, id, writtenInode] = LINES.exec(readFileSync(path, 'utf8')) ?? [];
    return id && writtenInode ? { from: 'file', id, inode, writtenInode } : null;
  } catch {
    return null;
  }
}

/** Whole or not at all: it is written under another name, and keeps its inode when it takes its own. */
export function writeInstanceFile(folder: string, id: string): void {
  const path = join(folder, NAME);
  try {
    write(path, `${path}.${process.pid}`, id);
  } catch (error) {
    throw new Problem('instance_file', { path, reason: (error as NodeJS.ErrnoException).code ?? 'unknown' });
  }
}

function write(path: string, draft: string, id: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(draft, 'w', 0o600);
  try {
    const inode = fstatSync(file, { bigint: true }).ino;
    writeSync(
      file,
      `${id}\n${inode}\nThis file says which server this is. A copy of it does not send: do not copy it.\n`,
    );
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
