// An import at work: the file is read batch by batch, each batch is checked or written in one transaction together with
// the place reached, and the state is settled however it ends.
import { basename, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Bus } from '../bus.ts';
import type { Channel } from '../domain/channel.ts';
import { type AddressOf, checkRow, rowFault } from '../domain/import.ts';
import { type ColumnPlan, planColumns } from '../domain/import-columns.ts';
import { Problem } from '../domain/problem.ts';
import type { Logger } from '../log.ts';
import { listAttributes } from '../store/attributes.ts';
import { getBotById } from '../store/bots.ts';
import type { Database } from '../store/database.ts';
import { checkBatch, writeBatch } from '../store/import-people.ts';
import type { BatchOptions, BatchRow } from '../store/import-targets.ts';
import {
  advanceImport,
  getImport,
  type ImportFault,
  type ImportRecord,
  insertImportErrors,
  moveImport,
  type Progress,
} from '../store/imports.ts';
import { transact } from '../store/transact.ts';
import { type RawRow, readRows } from './csv.ts';

export interface ImportDeps {
  db: Database;
  channels: ReadonlyMap<string, Channel>;
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

const BATCH_ROWS = 500;

/** Where the upload lies. */
export const pathOf = (deps: Pick<ImportDeps, 'dataFolder'>, file: string): string =>
  join(deps.dataFolder, 'imports', basename(file));

/** Starts the work in the background. */
export function startWork(deps: ImportDeps, publicId: string): void {
  const running: Promise<void> = work(deps, publicId).finally(() => deps.atWork?.delete(running));
  deps.atWork?.add(running);
}

export async function needImport(db: Database, publicId: string): Promise<ImportRecord> {
  const record = await getImport(db, publicId);
  if (!record) throw new Problem('import_not_found');
  return record;
}

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
  const check = { columns, plan, addressOf: await addressesOf(deps, botId) };
  for await (const rows of readRows(
    pathOf(deps, record.file),
    delimiter,
    { position: record.position, row },
    BATCH_ROWS,
  )) {
    if (deps.signal?.aborted) return 'left';
    const progress = await takeBatch(deps, record, check, rows);
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
  check: RowCheck,
  rows: readonly RawRow[],
): Promise<Progress | null> {
  const { good, faults } = checkRows(rows, check);
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

interface RowCheck {
  columns: readonly string[];
  plan: ColumnPlan;
  addressOf: AddressOf;
}

/** How addresses at this bot are written; as they come where its channel knows only one way. */
async function addressesOf({ db, channels }: ImportDeps, botId: number | null): Promise<AddressOf> {
  const bot = botId === null ? null : await getBotById(db, botId);
  const channel = channels.get(bot?.channel ?? '');
  return (written) => (channel?.addressOf ? channel.addressOf(written) : written);
}

function checkRows(
  rows: readonly RawRow[],
  { columns, plan, addressOf }: RowCheck,
): { good: BatchRow[]; faults: ImportFault[] } {
  const good: BatchRow[] = [];
  const faults: ImportFault[] = [];
  for (const { row, cells, code, text } of rows) {
    const checked =
      cells === null
        ? { fault: rowFault(null, code ?? 'row_quotes', text) }
        : checkRow(cells, columns, plan, addressOf);
    if ('fault' in checked) faults.push({ row, ...checked.fault });
    else good.push({ row, person: checked.person });
  }
  return { good, faults };
}

const conflictFault = ({ row, person }: BatchRow): ImportFault => ({
  row,
  ...rowFault('external_key', 'row_conflict', person.externalKey ?? null),
});
