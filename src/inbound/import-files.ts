// Files of imports are people's data: once an import is over they are kept for a week, to look at what was wrong with
// them, and then removed. The list of imports stays.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../store/database.ts';
import { busyImportFiles } from '../store/imports.ts';

const KEPT_MS = 7 * 24 * 3_600_000;

/** Answers how many it removed. */
export async function sweepImportFiles(deps: { db: Database; dataFolder: string; now: () => number }): Promise<number> {
  const folder = join(deps.dataFolder, 'imports');
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const busy = await busyImportFiles(deps.db);
  let removed = 0;
  for (const name of names) {
    const path = join(folder, name);
    if (busy.has(name) || (await stat(path)).mtimeMs > deps.now() - KEPT_MS) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}
