// Imports: one row each with options and progress, and the list of bad rows. A batch of people, the bad rows among them
// and the place reached are written in one transaction, so an import goes on where it was after any interruption.
import type { RowFault } from '../domain/import.ts';
import type { Database } from './database.ts';
import { changedRows, isMysql, newPublicId, readJson } from './database.ts';
import { decodeCursor, type Page, pageOf, type PageQuery } from './page.ts';

const IMPORT_STATES = ['uploaded', 'checking', 'checked', 'running', 'done', 'stopped', 'failed'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** What is kept beside the columns of the table. */
export interface ImportSettings {
  delimiter: string;
  columns: string[];
  sample: string[][];
  mapping: Record<string, string>;
  /** Where the rows begin: bytes, and the number of the first row. */
  start: { position: number; row: number };
  /** Number of the next row to read. */
  row: number;
  /** What the figures are of: a dry run, or the import itself. */
  mode: 'none' | 'check' | 'run';
  /** Internal id of the bot the addresses belong to. */
  botId: number | null;
  tags: string[];
}

export interface ImportRecord {
  id: number;
  publicId: string;
  state: ImportState;
  name: string;
  /** File name inside the imports folder. */
  file: string;
  settings: ImportSettings;
  totalRows: number;
  readRows: number;
  added: number;
  updated: number;
  bad: number;
  position: number;
  reason: string | null;
  createdAt: number;
  finishedAt: number | null;
}

interface ImportRow {
  id: number;
  public_id: string;
  state: ImportState;
  name: string;
  file: string;
  options: unknown;
  total_rows: number;
  read_rows: number;
  added: number;
  updated: number;
  bad: number;
  position: number;
  reason: string | null;
  staff_id: number | null;
  created_at: number;
  finished_at: number | null;
}

const toImport = (row: ImportRow): ImportRecord => ({
  id: row.id,
  publicId: row.public_id,
  state: row.state,
  name: row.name,
  file: row.file,
  settings: readJson<ImportSettings>(row.options),
  totalRows: row.total_rows,
  readRows: row.read_rows,
  added: row.added,
  updated: row.updated,
  bad: row.bad,
  position: row.position,
  reason: row.reason,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

export async function insertImport(
  db: Database,
  given: {
    publicId?: string;
    name: string;
    file: string;
    settings: ImportSettings;
    totalRows: number;
    staffId: number | null;
    now: number;
  },
): Promise<ImportRecord> {
  const [id] = await db('imports').insert({
    public_id: given.publicId ?? newPublicId(),
    state: 'uploaded',
    name: given.name,
    file: given.file,
    options: JSON.stringify(given.settings),
    total_rows: given.totalRows,
    position: given.settings.start.position,
    staff_id: given.staffId,
    created_at: given.now,
  });
  return toImport((await db<ImportRow>('imports').where({ id: id! }).first())!);
}

export async function getImport(db: Database, publicId: string): Promise<ImportRecord | null> {
  const row = await db<ImportRow>('imports').where({ public_id: publicId }).first();
  return row ? toImport(row) : null;
}

/** Those that were at work when their process ended. */
export async function interruptedImports(db: Database): Promise<ImportRecord[]> {
  return (await db<ImportRow>('imports').whereIn('state', ['checking', 'running']).orderBy('id')).map(toImport);
}

/** From one of the given states into another; false when the import has left those states meanwhile. */
export async function moveImport(
  db: Database,
  id: number,
  from: readonly ImportState[],
  change: { state: ImportState; reason?: string | null; finishedAt?: number | null; settings?: ImportSettings },
): Promise<boolean> {
  const columns = {
    state: change.state,
    reason: change.reason ?? null,
    finished_at: change.finishedAt ?? null,
    ...(change.settings ? { options: JSON.stringify(change.settings) } : {}),
  };
  return (
    (await db('imports')
      .where({ id })
      .whereIn('state', [...from])
      .update(columns)) > 0
  );
}

/** Back to the first row, with nothing counted. */
export async function rewindImport(db: Database, id: number, settings: ImportSettings): Promise<void> {
  await db('import_errors').where({ import_id: id }).delete();
  await db('imports')
    .where({ id })
    .update({
      options: JSON.stringify(settings),
      position: settings.start.position,
      read_rows: 0,
      added: 0,
      updated: 0,
      bad: 0,
    });
}

export interface Progress {
  readRows: number;
  added: number;
  updated: number;
  bad: number;
  position: number;
  settings: ImportSettings;
}

/**
 * Moves the place on from where this reader found it; false when the import was stopped or another process read on,
 * and then the transaction must be undone.
 */
export async function advanceImport(db: Database, before: ImportRecord, progress: Progress): Promise<boolean> {
  const moved = await db('imports')
    .where({ id: before.id, state: before.state, position: before.position })
    .update({
      read_rows: progress.readRows,
      added: progress.added,
      updated: progress.updated,
      bad: progress.bad,
      position: progress.position,
      options: JSON.stringify(progress.settings),
    });
  return moved > 0;
}

// --- Bad rows -------------------------------------------------------------------------------

export interface ImportFault extends RowFault {
  row: number;
}

/** Answers how many were new. */
export async function insertImportErrors(
  db: Database,
  importId: number,
  faults: readonly ImportFault[],
): Promise<number> {
  if (faults.length === 0) return 0;
  const verb = isMysql(db) ? 'insert ignore' : 'insert or ignore';
  const columns = isMysql(db) ? 'import_id, `row`, field, code, value' : 'import_id, "row", field, code, value';
  const rows = faults.map(() => '(?, ?, ?, ?, ?)').join(', ');
  const values = faults.flatMap((fault) => [importId, fault.row, fault.field, fault.code, fault.value]);
  return changedRows(await db.raw(`${verb} into import_errors (${columns}) values ${rows}`, values));
}

interface ErrorRow extends ImportFault {
  id: number;
}

/** In the order of the file. */
export async function pageOfImportErrors(
  db: Database,
  importId: number,
  { cursor, limit }: PageQuery,
): Promise<Page<ImportFault>> {
  const after = decodeCursor(cursor, 1);
  const rows: ErrorRow[] = await db('import_errors')
    .where({ import_id: importId })
    .modify((query) => void (after && query.where('id', '>', after[0]!)))
    .orderBy('id')
    .limit(limit + 1)
    .select('id', 'row', 'field', 'code', 'value');
  return pageOf(
    rows,
    limit,
    (row) => [row.id],
    ({ row, field, code, value }) => ({ row, field, code, value }),
  );
}

/** Files of imports that are at work, or may go on. */
export async function busyImportFiles(db: Database): Promise<ReadonlySet<string>> {
  const files = (await db('imports')
    .whereIn('state', ['checking', 'running', 'stopped'] satisfies ImportState[])
    .pluck('file')) as string[];
  return new Set(files);
}
