// What open pages watch: a mark per mailing and per import that differs once anything shown of it has moved. Cheap
// enough to be read every second, however many mailings there are.
import type { Database } from './database.ts';

/** Mailings a person may have before their eyes: the newest, and all that are on their way. */
const NEWEST = 100;

export interface Mark {
  id: number;
  mark: string;
}

export async function mailingMarks(db: Database): Promise<Mark[]> {
  const newest: { id: number }[] = await db('campaigns').orderBy('id', 'desc').limit(NEWEST).select('id');
  const rows: {
    id: number;
    state: string;
    updated_at: number;
    plan_cursor: number | null;
    canary_state: string | null;
    moved: number | string;
  }[] = await db('campaigns as g')
    .whereIn(
      'g.id',
      newest.map(({ id }) => id),
    )
    .orWhereIn('g.state', ['scheduled', 'sending'])
    .select(
      'g.id',
      'g.state',
      'g.updated_at',
      'g.plan_cursor',
      'g.canary_state',
      db.raw('(select coalesce(sum(c.value), 0) from counters c where c.campaign_id = g.id) as moved'),
    );
  return rows.map((row) => ({
    id: row.id,
    mark: [row.state, row.updated_at, row.plan_cursor, row.canary_state, row.moved].join(' '),
  }));
}

export interface ImportMark {
  id: string;
  state: string;
  readRows: number;
  totalRows: number;
}

/** The imports at work, and the newest few, whose end is news too. */
export async function importMarks(db: Database): Promise<ImportMark[]> {
  const rows: { public_id: string; state: string; read_rows: number; total_rows: number }[] = await db('imports')
    .orderBy('id', 'desc')
    .limit(5)
    .select('public_id', 'state', 'read_rows', 'total_rows');
  return rows.map((row) => ({
    id: row.public_id,
    state: row.state,
    readRows: row.read_rows,
    totalRows: row.total_rows,
  }));
}
