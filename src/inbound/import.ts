// Imports people from a CSV file: the upload is kept and looked at, a dry run names every bad row, the run writes batch
// after batch. What was reached is in the database, so it can be stopped, and goes on after a restart.
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Bus } from '../bus.ts';
import { checkRow, rowFault } from '../domain/import.ts';
import { type ColumnPlan, guessMapping, planColumns } from '../domain/import-columns.ts';
import { fieldProblem, Problem } from '../domain/problem.ts';
import type { Logger } from '../log.ts';
import { listAttributes } from '../store/attributes.ts';
import { getBot } from '../store/bots.ts';
import { type Database, newPublicId } from '../store/database.ts';
import { type BatchOptions, type BatchRow, checkBatch, writeBatch } from '../store/import-people.ts';
import {
  advanceImport,
  getImport,
  type ImportFault,
  type ImportRecord,
  type ImportSettings,
  type ImportState,
  insertImport,
  insertImportErrors,
  interruptedImports,
  moveImport,
  type Progress,
  rewindImport,
} from '../store/imports.ts';
import { normaliseTags } from '../store/tags.ts';
import { transact } from '../store/transact.ts';
import { type RawRow, readRows } from './csv.ts';
import { readHead } from './csv-head.ts';

export interface ImportDeps {
  db: Database;
  /** Uploads are kept in its folder `imports/`. */
  dataFolder: string;
  bus: Bus;
  log: Logger;
  now: () => number;
  /** Aborted when the process stops: the import then goes on with the next start. */
  signal?: AbortSignal;
  /** Filled with what is at work, for whoever waits for its end. */
  atWork?: Set<Promise<void>>;
}

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

const BATCH_ROWS = 500;

const pathOf = (deps: Pick<ImportDeps, 'dataFolder'>, file: string): string =>
  join(deps.dataFolder, 'imports', basename(file));

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
  for (const record of await interruptedImports(deps.db)) start(deps, record.publicId);
}

function start(deps: ImportDeps, publicId: string): void {
  const running: Promise<void> = work(deps, publicId).finally(() => deps.atWork?.delete(running));
  deps.atWork?.add(running);
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
  start(deps, publicId);
  return toInfo(await needImport(deps.db, publicId));
}

function continues(record: ImportRecord, settings: ImportSettings): boolean {
  const choice = ({ mode, mapping, botId, tags }: ImportSettings): string =>
    JSON.stringify([mode, mapping, botId, tags]);
  return record.state === 'stopped' && settings.mode === 'run' && choice(record.settings) === choice(settings);
}

async function needImport(db: Database, publicId: string): Promise<ImportRecord> {
  const record = await getImport(db, publicId);
  if (!record) throw new Problem('import_not_found');
  return record;
}

// --- The work -------------------------------------------------------------------------------

/** Reads to the end, and settles the import's state however it ends. */
async function work(deps: ImportDeps, publicId: string): Promise<void> {
  try {
    const { id, settings } = await needImport(deps.db, publicId);
    deps.log.info({ event: 'import.started', import: publicId, mode: settings.mode });
    const ended = await readAll(deps, publicId);
    if (ended !== 'end') return;
    const state = settings.mode === 'check' ? 'checked' : 'done';
    await moveImport(deps.db, id, ['checking', 'running'], { state, finishedAt: deps.now() });
    const { totalRows, added, updated, bad } = await needImport(deps.db, publicId);
    deps.log.info({ event: 'import.finished', import: publicId, mode: settings.mode, totalRows, added, updated, bad });
  } catch (error) {
    deps.log.error({ event: 'import.failed', import: publicId, err: error });
    if (!deps.signal?.aborted) await giveUp(deps, publicId);
  } finally {
    deps.bus.publish('live', { import: publicId });
  }
}

async function giveUp(deps: ImportDeps, publicId: string): Promise<void> {
  const record = await getImport(deps.db, publicId).catch(() => null);
  if (!record) return;
  await moveImport(deps.db, record.id, ['checking', 'running'], {
    state: 'failed',
    reason: 'import_failed',
    finishedAt: deps.now(),
  }).catch(() => false);
}

/** Answers `end` at the end of the file, `left` when the import was stopped or is read by another process. */
async function readAll(deps: ImportDeps, publicId: string): Promise<'end' | 'left'> {
  let record = await needImport(deps.db, publicId);
  const { columns, mapping, botId, delimiter, row } = record.settings;
  const plan = planColumns(columns, mapping, await listAttributes(deps.db), botId !== null);
  for await (const rows of readRows(
    pathOf(deps, record.file),
    delimiter,
    { position: record.position, row },
    BATCH_ROWS,
  )) {
    if (deps.signal?.aborted) return 'left';
    const progress = await takeBatch(deps, record, plan, rows);
    if (!progress) return 'left';
    record = { ...record, ...progress };
    deps.bus.publish('live', { import: publicId });
    // One batch is some ten milliseconds; the others get their turn.
    await turn();
  }
  return 'end';
}

/** One batch in one transaction; null when the import was stopped meanwhile, and then nothing of the batch holds. */
async function takeBatch(
  deps: ImportDeps,
  record: ImportRecord,
  plan: ColumnPlan,
  rows: readonly RawRow[],
): Promise<Progress | null> {
  const { good, faults } = checkRows(rows, record.settings.columns, plan);
  const { botId, tags, mode } = record.settings;
  const options: BatchOptions = { botId, tags, importId: record.publicId, now: deps.now() };
  try {
    return await transact(deps.db, async (trx) => {
      const { added, updated, conflicts } = await (mode === 'run' ? writeBatch : checkBatch)(trx, good, options);
      const bad = [...faults, ...conflicts.map(conflictFault)].sort((a, b) => a.row - b.row);
      await insertImportErrors(trx, record.id, bad);
      const last = rows.at(-1)!;
      const progress: Progress = {
        readRows: record.readRows + rows.length,
        added: record.added + added,
        updated: record.updated + updated,
        bad: record.bad + bad.length,
        position: last.end,
        settings: { ...record.settings, row: last.row + 1 },
      };
      if (!(await advanceImport(trx, record, progress))) throw new Left();
      return progress;
    });
  } catch (error) {
    if (error instanceof Left) return null;
    throw error;
  }
}

/** Undoes the transaction of a batch that nobody wants any more. */
class Left extends Error {}

function checkRows(
  rows: readonly RawRow[],
  columns: readonly string[],
  plan: ColumnPlan,
): { good: BatchRow[]; faults: ImportFault[] } {
  const good: BatchRow[] = [];
  const faults: ImportFault[] = [];
  for (const { row, cells, code, text } of rows) {
    const checked =
      cells === null ? { fault: rowFault(null, code ?? 'row_quotes', text) } : checkRow(cells, columns, plan);
    if ('fault' in checked) faults.push({ row, ...checked.fault });
    else good.push({ row, person: checked.person });
  }
  return { good, faults };
}

const conflictFault = ({ row, person }: BatchRow): ImportFault => ({
  row,
  ...rowFault('external_key', 'row_conflict', person.externalKey ?? null),
});
