// Stamping what goes out in the next instant, the hot statement of a sender and the one guard against doubles: a row
// changes from planned to sending once, whoever else may try.
import type { DeliveryPurpose, DeliveryState, SkipReason } from '../domain/delivery.ts';
import type { ConnectionStatus } from '../domain/subscriber.ts';
import { type Database, isMysql } from './database.ts';
import { ask } from './hot.ts';
import { transact } from './transact.ts';

/** Why a delivery of a group was not stamped. */
export type Held =
  | { id: number; why: 'skipped'; reason: SkipReason }
  /** Its campaign is not being sent now: it stays planned. */
  | { id: number; why: 'stopped' }
  /** Someone else has it, or it is settled. */
  | { id: number; why: 'gone' };

export interface Stamped {
  stamped: ReadonlySet<number>;
  held: Held[];
}

/** The leases under which deliveries are stamped: those of their slices; without slices, each its own. */
export interface StampLeases {
  owner: string;
  /** Over which they go: one that went on to another bot meanwhile is not ours any more. */
  botId: number;
  slices: readonly number[];
}

/** The keys of the calls they go in, by delivery; null where the platform knows each message by its own. */
export type CallKeys = ReadonlyMap<number, string> | null;

/**
 * Stamps a group `sending` after looking again at stop, unsubscribed and blocked in the store. Deliveries that came in
 * slices are stamped in one statement; those it leaves, and single ones, with care. Whose lease was lost is `gone`.
 */
export async function stamp(
  db: Database,
  ids: readonly number[],
  now: number,
  leases: StampLeases | null = null,
  keys: CallKeys = null,
): Promise<Stamped> {
  if (ids.length === 0) return { stamped: new Set(), held: [] };
  const quick = leases && leases.slices.length > 0 ? await stampQuickly(db, ids, now, leases, keys) : [];
  if (quick.length === ids.length) return { stamped: new Set(quick), held: [] };
  const done = new Set(quick);
  const careful = await stampWithCare(
    db,
    ids.filter((id) => !done.has(id)),
    now,
    leases,
    keys,
  );
  return { stamped: new Set([...quick, ...careful.stamped]), held: careful.held };
}

/** Those whose campaign is being sent and whose connection is active, as nearly all are (erasing a person ends theirs); answers which. */
async function stampQuickly(
  db: Database,
  ids: readonly number[],
  now: number,
  leases: StampLeases,
  keys: CallKeys,
): Promise<readonly number[]> {
  const lease = ours(db, leases);
  const mark = markOf(db, ids, now, keys);
  // Sub-selects and not a join: of a joined table MySQL locks every row it reads, and planning holds the campaign's.
  const sql = `update deliveries set ${mark.sql}
    where id in (${listOf(db, ids)}) and state = 'planned'
      and exists (select 1 from campaigns g where g.id = deliveries.campaign_id and g.state = 'sending')
      and exists (select 1 from connections c where c.id = deliveries.connection_id and c.status = 'active')
      and ${lease.sql}`;
  const bindings = [...mark.bindings, ...bindingsOf(db, ids), ...lease.bindings];
  const { changed } = await ask(db, { sql, bindings, durable: true });
  if (changed === ids.length) return ids;
  // Which they were: under our leases nobody else can have stamped them in this very millisecond.
  const { rows } = await ask<{ id: number }>(db, {
    sql: `select id from deliveries where id in (${listOf(db, ids)}) and state = 'sending' and sending_at = ?`,
    bindings: [...bindingsOf(db, ids), now],
  });
  return changed === 0 ? [] : rows.map(({ id }) => id);
}

/** Is the lease ours, and the bot still the one it was read for? */
function ours(db: Database, { owner, botId, slices }: StampLeases): { sql: string; bindings: (string | number)[] } {
  // The sum keeps SQLite from looking the rows up by bot, all of them for every group (8 ms instead of 0.5, 2026-11).
  const sameBot = 'deliveries.bot_id + 0 = ?';
  if (slices.length === 0) {
    const sql = `${sameBot} and exists (select 1 from due_deliveries u where u.delivery_id = deliveries.id and u.lease_owner = ?)`;
    return { sql, bindings: [botId, owner] };
  }
  return {
    sql: `${sameBot} and (select count(*) from slices l where l.id in (${listOf(db, slices)}) and l.lease_owner = ?) = ?`,
    bindings: [botId, ...bindingsOf(db, slices), owner, slices.length],
  };
}

async function stampWithCare(
  db: Database,
  ids: readonly number[],
  now: number,
  leases: StampLeases | null,
  keys: CallKeys,
): Promise<Stamped> {
  const { rows } = await ask<StampRow>(db, {
    sql: `select d.id, d.state, d.purpose, g.state as campaignState, d.bot_id as botId, c.status, s.erased_at as erasedAt,
       exists (select 1 from due_deliveries u where u.delivery_id = d.id) as single
     from deliveries d join campaigns g on g.id = d.campaign_id join connections c on c.id = d.connection_id
       join subscribers s on s.id = d.subscriber_id
     where d.id in (${listOf(db, ids)})`,
    bindings: bindingsOf(db, ids),
  });
  const held: Held[] = [];
  const free: number[] = [];
  for (const row of rows) {
    const reason = reasonToHold(row, leases);
    if (reason) held.push(reason);
    else free.push(row.id);
  }
  const stamped = new Set(free.length > 0 ? await stampRows(db, free, now, leases, keys) : []);
  for (const id of free) if (!stamped.has(id)) held.push({ id, why: 'gone' });
  return { stamped, held };
}

interface StampRow {
  id: number;
  state: DeliveryState;
  purpose: DeliveryPurpose;
  botId: number;
  campaignState: string;
  status: ConnectionStatus;
  erasedAt: number | null;
  /** It falls due by itself. */
  single: number;
}

function reasonToHold(row: StampRow, leases: StampLeases | null): Held | null {
  if (row.state !== 'planned') return { id: row.id, why: 'gone' };
  // Gone on to another bot, or read in a slice whose lease ran out and waiting for a later try meanwhile.
  if (leases && (row.botId !== leases.botId || (leases.slices.length > 0 && row.single)))
    return { id: row.id, why: 'gone' };
  if (row.purpose === 'campaign' && row.campaignState !== 'sending') return { id: row.id, why: 'stopped' };
  if (row.erasedAt !== null) return { id: row.id, why: 'skipped', reason: 'erased' };
  if (row.status === 'blocked') return { id: row.id, why: 'skipped', reason: 'blocked' };
  if (row.status === 'unreachable' && row.purpose === 'campaign')
    return { id: row.id, why: 'skipped', reason: 'unreachable' };
  // Who presses a button asks for the answer, also after unsubscribing.
  if (row.status === 'unsubscribed' && row.purpose !== 'reply')
    return { id: row.id, why: 'skipped', reason: 'unsubscribed' };
  return null;
}

/** MySQL has no `update … returning`: there the rows are locked first, so that those changed are surely ours. */
async function stampRows(
  db: Database,
  ids: readonly number[],
  now: number,
  leases: StampLeases | null,
  keys: CallKeys,
): Promise<number[]> {
  const lease = leases ? ours(db, leases) : { sql: 'true', bindings: [] };
  if (!isMysql(db)) {
    const mark = markOf(db, ids, now, keys);
    const { rows } = await ask<{ id: number }>(db, {
      sql: `update deliveries set ${mark.sql}
        where id in (${listOf(db, ids)}) and state = 'planned' and ${lease.sql} returning id`,
      bindings: [...mark.bindings, ...bindingsOf(db, ids), ...lease.bindings],
      durable: true,
    });
    return rows.map(({ id }) => id);
  }
  return transact(db, async (trx) => {
    const { rows } = await ask<{ id: number }>(trx, {
      sql: `select id from deliveries where id in (${listOf(db, ids)}) and state = 'planned' and ${lease.sql} for update`,
      bindings: lease.bindings,
    });
    const free = rows.map((row) => row.id);
    if (free.length > 0) {
      const mark = markOf(db, free, now, keys);
      const sql = `update deliveries set ${mark.sql} where id in (${listOf(db, free)})`;
      await ask(trx, { sql, bindings: mark.bindings });
    }
    return free;
  });
}

/** What a stamp writes. */
function markOf(
  db: Database,
  ids: readonly number[],
  now: number,
  keys: CallKeys,
): { sql: string; bindings: (string | number)[] } {
  const sql = `state = 'sending', sending_at = ?`;
  if (keys === null) return { sql, bindings: [now] };
  const own = ids.map((id) => keys.get(id) ?? '');
  return isMysql(db)
    ? {
        sql: `${sql}, call_key = elt(field(id, ${ids.join(', ')}), ${own.map(() => '?').join(', ')})`,
        bindings: [now, ...own],
      }
    : {
        sql: `${sql}, call_key = json_extract(?, '$."' || id || '"')`,
        bindings: [now, JSON.stringify(Object.fromEntries(ids.map((id, index) => [id, own[index]])))],
      };
}

/** Takes back a stamp whose own answer was lost: nothing went out under it. */
export async function unstamp(db: Database, ids: readonly number[], stampedAt: number): Promise<void> {
  if (ids.length > 0)
    await db('deliveries')
      .whereIn('id', [...ids])
      .where({ state: 'sending', sending_at: stampedAt })
      .update({ state: 'planned' });
}

/** On SQLite one JSON parameter keeps the statement's text the same for every length; on MySQL our own integers need no binding. */
const listOf = (db: Database, ids: readonly number[]): string =>
  isMysql(db) ? ids.join(', ') : 'select value from json_each(?)';

const bindingsOf = (db: Database, ids: readonly number[]): string[] => (isMysql(db) ? [] : [JSON.stringify(ids)]);
