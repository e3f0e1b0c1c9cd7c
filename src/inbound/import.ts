// Imports of people from a CSV file, as they are commanded: the upload is kept and looked at, a dry run names every bad row,
// the run writes. What was reached is in the database, so an import can be stopped, and goes on after a restart.
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { guessMapping, planColumns } from '../domain/import-columns.ts';
import { fieldProblem, Problem } from '../domain/problem.ts';
import { listAttributes } from '../store/attributes.ts';
import { getBot } from '../store/bots.ts';
import { type Database, newPublicId } from '../store/database.ts';
import {
  getImport,
  type ImportRecord,
  type ImportSettings,
  type ImportState,
  insertImport,
  interruptedImports,
  moveImport,
  rewindImport,
} from '../store/imports.ts';
import { normaliseTags } from '../store/tags.ts';
import { readHead } from './csv-head.ts';
import { type ImportDeps, needImport, pathOf, startWork } from './import-work.ts';

export type { ImportDeps } from './import-work.ts';

export interface ImportOptions {
  /** Column → field, or `attribute.<key>`. */
  mapping: Readonly<Record<string, string>>;
  /** Public id. */
  bot: string | null;
  tags: readonly string[];
  consent: boolean;
}

export interface ImportInfo {
  id: string;
  name: string;
  state: ImportState;
  columns: string[];
  sample: string[][];
  mapping: Record<string, string>;
  delimiter: string;
  totalRows: number;
  readRows: number;
  added: number;
  updated: number;
  bad: number;
  reason: string | null;
  createdAt: number;
  finishedAt: number | null;
}

// --- The upload -----------------------------------------------------------------------------

/** Takes over the file at `path`; throws a problem, and removes the file, when it cannot be imported at all. */
export async function createImport(
  deps: ImportDeps,
  upload: { name: string; path: string; staffId: number | null },
): Promise<ImportInfo> {
  try {
    const head = await readHead(upload.path);
    const publicId = newPublicId();
    const file = `${publicId}.csv`;
    await mkdir(join(deps.dataFolder, 'imports'), { recursive: true });
    await moveFile(upload.path, pathOf(deps, file));
    const settings: ImportSettings = {
      delimiter: head.delimiter,
      columns: head.columns,
      sample: head.sample,
      mapping: guessMapping(head.columns, await listAttributes(deps.db)),
      start: head.start,
      row: head.start.row,
      mode: 'none',
      botId: null,
      tags: [],
    };
    const { name, staffId } = upload;
    return toInfo(
      await insertImport(deps.db, {
        publicId,
        name: name.slice(0, 200),
        file,
        settings,
        totalRows: head.totalRows,
        staffId,
        now: deps.now(),
      }),
    );
  } catch (error) {
    await rm(upload.path, { force: true });
    throw error;
  }
}

/** The folder for uploads may be on another disk. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(from, to);
    await rm(from, { force: true });
  }
}

export async function importInfo(db: Database, publicId: string): Promise<ImportInfo | null> {
  const found = await getImport(db, publicId);
  return found ? toInfo(found) : null;
}

export function toInfo(record: ImportRecord): ImportInfo {
  const { columns, sample, mapping, delimiter } = record.settings;
  const { publicId, name, state, totalRows, readRows, added, updated, bad, reason, createdAt, finishedAt } = record;
  return {
    id: publicId,
    name,
    state,
    columns,
    sample,
    mapping,
    delimiter,
    totalRows,
    readRows,
    added,
    updated,
    bad,
    reason,
    createdAt,
    finishedAt,
  };
}

// --- Commands -------------------------------------------------------------------------------

/** Starts the dry run in the background. */
export const checkImport = (deps: ImportDeps, publicId: string, options: ImportOptions): Promise<ImportInfo> =>
  begin(deps, publicId, options, 'check');

/** Starts the import in the background; one that was stopped goes on where it was if its options are the same. */
export const runImport = (deps: ImportDeps, publicId: string, options: ImportOptions): Promise<ImportInfo> =>
  begin(deps, publicId, options, 'run');

/** Ends after the batch at work. What was imported stays. */
export async function stopImport(deps: ImportDeps, publicId: string): Promise<ImportInfo> {
  const record = await needImport(deps.db, publicId);
  const stopped = await moveImport(deps.db, record.id, ['checking', 'running'], { state: 'stopped' });
  if (!stopped) throw new Problem('import_state', { state: record.state });
  return toInfo(await needImport(deps.db, publicId));
}

/** Continues what was at work when a process ended; called once at the start. */
export async function resumeImports(deps: ImportDeps): Promise<void> {
  for (const record of await interruptedImports(deps.db)) startWork(deps, record.publicId);
}

const STARTS_FROM: readonly ImportState[] = ['uploaded', 'checked', 'stopped', 'failed'];

async function begin(
  deps: ImportDeps,
  publicId: string,
  options: ImportOptions,
  mode: 'check' | 'run',
): Promise<ImportInfo> {
  if (!options.consent) throw fieldProblem('consent', 'import_consent');
  const record = await needImport(deps.db, publicId);
  const bot = options.bot === null ? null : await getBot(deps.db, options.bot);
  if (options.bot !== null && !bot) throw fieldProblem('bot', 'bot_unknown', { got: options.bot });
  planColumns(record.settings.columns, options.mapping, await listAttributes(deps.db), bot !== null);
  const settings: ImportSettings = {
    ...record.settings,
    mode,
    mapping: { ...options.mapping },
    botId: bot?.id ?? null,
    tags: normaliseTags(options.tags),
    row: record.settings.start.row,
  };
  const state = mode === 'check' ? 'checking' : 'running';
  await deps.db.transaction(async (trx) => {
    const moved = await moveImport(trx, record.id, STARTS_FROM, { state });
    if (!moved) throw new Problem('import_state', { state: record.state });
    if (!continues(record, settings)) await rewindImport(trx, record.id, settings);
  });
  startWork(deps, publicId);
  return toInfo(await needImport(deps.db, publicId));
}

function continues(record: ImportRecord, settings: ImportSettings): boolean {
  const choice = ({ mode, mapping, botId, tags }: ImportSettings): string =>
    JSON.stringify([mode, mapping, botId, tags]);
  return record.state === 'stopped' && settings.mode === 'run' && choice(record.settings) === choice(settings);
}
