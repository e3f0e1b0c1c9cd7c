// Slices: runs of one campaign's deliveries over one bot. A sender leases a slice, one row with owner and expiry,
// instead of hundreds of deliveries; a slice without an owner is free, and only `recover` takes one from its owner.
import type { Knex } from 'knex';
import { clockSql } from './clock.ts';
import { type Database, isMysql } from './database.ts';
import { ask } from './hot.ts';
import type { Step } from './sqlite-messages.ts';
import type { Value } from './values.ts';

/** Deliveries in a slice: enough to make leasing cheap, few enough to share a mailing among senders. */
export const SLICE = 500;

export interface Slice {
  id: number;
  campaignId: number;
  botId: number;
  first: number;
  last: number;
  /** Whose people it holds where the mailing follows people's clocks; null: everybody's, or those without a zone. */
  timeZone: string | null;
}

export interface SliceRow {
  id: number;
  campaign_id: number;
  bot_id: number;
  first_delivery_id: number;
  last_delivery_id: number;
  time_zone: string | null;
}

export const SLICE_COLUMNS = [
  'id',
  'campaign_id',
  'bot_id',
  'first_delivery_id',
  'last_delivery_id',
  'time_zone',
] as const;

export const toSlice = (row: SliceRow): Slice => ({
  id: row.id,
  campaignId: row.campaign_id,
  botId: row.bot_id,
  first: row.first_delivery_id,
  last: row.last_delivery_id,
  timeZone: row.time_zone,
});

/** Rows of `deliveries` that lie in a slice. Slices of different zones share their range of ids. */
export const inSlice = (db: Database, slice: Slice): Knex.QueryBuilder =>
  db('deliveries')
    .where({ campaign_id: slice.campaignId, bot_id: slice.botId, time_zone: slice.timeZone })
    .whereBetween('id', [slice.first, slice.last]);

/** When the slices of each zone are due; null: at once. Zones that are not in it are due at once, too. */
export type DueByZone = ReadonlyMap<string | null, number | null>;

export interface Cut {
  campaignId: number;
  /** What was planned behind this delivery. */
  after: number;
  dueByZone?: DueByZone;
  /** Up to this delivery they are the first of a canary start, wave 0. */
  firstUpTo?: number;
}

/** The last delivery of a campaign that lies in a slice; 0 where none does. */
export async function lastSliced(db: Database, campaignId: number): Promise<number> {
  const row = (await db('slices').where({ campaign_id: campaignId }).max('last_delivery_id as last').first()) as {
    last: number | null;
  };
  return row.last ?? 0;
}

/** Cuts newly planned deliveries into slices, bot by bot, zone by zone, the first of a canary start by themselves. */
export async function cutSlices(db: Database, cut: Cut): Promise<void> {
  await ask(db, cutStep(db, cut));
}

/** The same, to be run with others. */
export function cutStep(db: Database, { campaignId, after, dueByZone = new Map(), firstUpTo = 0 }: Cut): Step {
  const quotient = isMysql(db) ? 'div' : '/';
  const due = dueSql(dueByZone);
  return {
    sql: `insert into slices (campaign_id, bot_id, time_zone, first_delivery_id, last_delivery_id, wave, done, due_at)
     select campaign_id, bot_id, time_zone, min(id), max(id), wave, 0, ${due.sql}
     from (
       select campaign_id, bot_id, time_zone, id, case when id <= ? then 0 else 1 end as wave,
         (row_number() over (partition by bot_id, time_zone, id <= ? order by id) - 1) ${quotient} ${SLICE} as part
       from deliveries where campaign_id = ? and id > ? and purpose = 'campaign' and state = 'planned'
     ) as numbered
     group by campaign_id, bot_id, time_zone, wave, part`,
    bindings: [...due.bindings, firstUpTo, firstUpTo, campaignId, after],
  };
}

function dueSql(dueByZone: DueByZone): { sql: string; bindings: Value[] } {
  const timed = [...dueByZone].filter(([, at]) => at !== null);
  if (timed.length === 0) return { sql: 'null', bindings: [] };
  const cases = timed.map(([zone]) => (zone === null ? 'when time_zone is null then ?' : 'when time_zone = ? then ?'));
  return {
    sql: `case ${cases.join(' ')} end`,
    bindings: timed.flatMap(([zone, at]) => (zone === null ? [at] : [zone, at])),
  };
}

/** Its time has come and no quiet hours hold it. */
const IS_DUE = '(l.due_at is null or l.due_at <= ?) and (l.quiet_until is null or l.quiet_until <= ?)';

/** The rest of a canary start waits for the first to do well. */
const REST_MAY_GO = `(g.canary_state is null or g.canary_state in ('passed', 'overruled'))`;

/** The campaigns being sent and the bots, able to send, over which something of them waits and is due. */
export async function openRuns(db: Database, now: number): Promise<{ campaignId: number; botId: number }[]> {
  const rows = (await db('campaigns as g')
    .join('bots as b', 'b.status', db.raw(`'connected'`))
    .where('g.state', 'sending')
    .whereNull('g.deleted_at')
    .whereExists(
      (q) =>
        void q
          .from('slices as l')
          .whereRaw(
            `l.campaign_id = g.id and l.bot_id = b.id and l.done = 0 and l.lease_owner is null and (l.wave = 0 or ${REST_MAY_GO}) and ${IS_DUE}`,
            [now, now],
          ),
    )
    .select('g.id as campaign_id', 'b.id as bot_id')) as { campaign_id: number; bot_id: number }[];
  return rows.map((row) => ({ campaignId: row.campaign_id, botId: row.bot_id }));
}

export interface SliceLease {
  campaignId: number;
  botId: number;
  owner: string;
  now: number;
  /** Milliseconds, by the database's clock. */
  for: number;
  /** Only slices behind this delivery: what a run has had already need not be looked at again. */
  after: number;
}

/** Leases the next free slice that is due. The update is conditional: another sender may be quicker, then the next one is tried. */
export async function leaseSlice(db: Database, lease: SliceLease): Promise<Slice | null> {
  const next = `select ${SLICE_COLUMNS.join(', ')} from slices l
    where campaign_id = ? and bot_id = ? and done = 0 and first_delivery_id > ? and lease_owner is null
      and (l.wave = 0 or exists (select 1 from campaigns g where g.id = l.campaign_id and ${REST_MAY_GO})) and ${IS_DUE}
    order by first_delivery_id limit 1`;
  const bindings = [lease.campaignId, lease.botId, lease.after, lease.now, lease.now];
  if (!isMysql(db)) {
    const { rows } = await ask<SliceRow>(db, {
      sql: `update slices set lease_owner = ?, lease_until = ${clockSql(db)} + ? where id = (select id from (${next}))
        returning ${SLICE_COLUMNS.join(', ')}`,
      bindings: [lease.owner, lease.for, ...bindings],
    });
    return rows[0] ? toSlice(rows[0]) : null;
  }
  for (;;) {
    const [row] = (await ask<SliceRow>(db, { sql: next, bindings })).rows;
    if (!row) return null;
    const { changed } = await ask(db, {
      sql: `update slices set lease_owner = ?, lease_until = ${clockSql(db)} + ? where id = ? and done = 0 and lease_owner is null`,
      bindings: [lease.owner, lease.for, row.id],
    });
    if (changed === 1) return toSlice(row);
  }
}

/** Tells the others that the owner of these slices and single deliveries is alive; by the database's clock. */
export async function renewLeases(
  db: Database,
  held: { owner: string; slices: readonly number[]; singles: readonly number[]; for: number },
): Promise<void> {
  const update = { lease_until: db.raw(`${clockSql(db)} + ?`, [held.for]) };
  if (held.slices.length > 0)
    await db('slices')
      .whereIn('id', [...held.slices])
      .where({ lease_owner: held.owner })
      .update(update);
  if (held.singles.length > 0)
    await db('due_deliveries')
      .whereIn('delivery_id', [...held.singles])
      .where({ lease_owner: held.owner })
      .update(update);
}

/** Does something of this slice remain to be sent, or on the wire? Later tries have a lease of their own. */
export async function hasOpen(db: Database, slice: Slice): Promise<boolean> {
  const open = await inSlice(db, slice)
    .where({ purpose: 'campaign' })
    .whereIn('state', ['planned', 'sending'])
    .whereNotExists((q) => void q.from('due_deliveries as u').whereRaw('u.delivery_id = deliveries.id'))
    .first('id');
  return open !== undefined;
}

/** Nothing of these slices remains to be sent: they are never looked at again. */
export async function finishSlices(db: Database, ids: readonly number[], owner: string): Promise<void> {
  if (ids.length > 0)
    await ask(db, {
      sql: `update slices set done = 1, lease_owner = null, lease_until = null
        where id in (${ids.map(() => '?').join(', ')}) and lease_owner = ?`,
      bindings: [...ids, owner],
    });
}

/** Gives slices back; their planned deliveries go to the next taker. */
export async function releaseSlices(db: Database, ids: readonly number[], owner: string): Promise<void> {
  if (ids.length > 0)
    await db('slices')
      .whereIn('id', [...ids])
      .where({ lease_owner: owner })
      .update({ lease_owner: null, lease_until: null });
}
