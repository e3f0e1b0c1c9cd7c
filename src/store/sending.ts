// The hot statements of a sender: read what a slice holds, stamp what goes out in the next instant. Stamping is the one
// guard against doubles: a row changes from planned to sending once, whoever else may try.
import type { DeliveryPurpose, DeliveryState, SkipReason } from '../domain/delivery.ts';
import type { SingleMessage } from '../domain/message.ts';
import type { AttributeValue, ConnectionStatus } from '../domain/subscriber.ts';
import { type Database, isMysql, readJson } from './database.ts';
import { ask, askForArrays } from './hot.ts';
import type { Slice } from './slices.ts';
import { transact } from './transact.ts';

/** A planned delivery with what is needed to write to its person. */
export interface Outgoing {
  id: number;
  campaignId: number;
  botId: number;
  subscriberId: number;
  connectionId: number;
  purpose: DeliveryPurpose;
  attempts: number;
  parts: number;
  address: string;
  firstName: string | null;
  lastName: string | null;
  locale: string | null;
  phone: string | null;
  email: string | null;
  /** Where the mailing follows people's clocks; null: it does not, or theirs is not known. */
  timeZone: string | null;
  /** When the person last acted at this address; read only where a messaging window asks for it. */
  lastInboundAt: number | null;
  /** As stored: read with `readAttributes` only where a message asks for one. */
  attributes: unknown;
  /** The message of a single delivery; null means the campaign's own. */
  content: SingleMessage | null;
}

export const readAttributes = (outgoing: Outgoing): Record<string, AttributeValue> => readJson(outgoing.attributes);

const COLUMNS = `d.id, d.subscriber_id as subscriberId, d.connection_id as connectionId, d.attempts, d.parts,
  c.external_id as address`;

const PERSON = 's.first_name as firstName, s.last_name as lastName, s.locale, s.phone, s.email, s.attributes';

const INBOUND = 'c.last_inbound_at as lastInboundAt';

/** Where the person's columns begin. */
const WHO = 6;

type Cell = string | number | null;

/**
 * What of a slice is still to be sent; with `person`, who they are too, which only a message that speaks of them needs; with
 * `window`, when they last acted.
 * Deliveries that wait for a later try have a lease of their own.
 */
export async function readSlice(db: Database, slice: Slice, person: boolean, window = false): Promise<Outgoing[]> {
  const rows = await askForArrays<Cell>(db, {
    sql: `select ${COLUMNS}${person ? `, ${PERSON}` : ''}${window ? `, ${INBOUND}` : ''}
     from deliveries d join connections c on c.id = d.connection_id${person ? ' join subscribers s on s.id = d.subscriber_id' : ''}
     where d.campaign_id = ? and d.bot_id = ? and d.id between ? and ? and d.state = 'planned' and d.purpose = 'campaign'
       and d.time_zone ${isMysql(db) ? '<=>' : 'is'} ?
       and not exists (select 1 from due_deliveries u where u.delivery_id = d.id)
     order by d.id`,
    bindings: [slice.campaignId, slice.botId, slice.first, slice.last, slice.timeZone],
  });
  return rows.map((row) => outgoingOf(slice, row, person, window));
}

/** In the order of the columns above. */
function outgoingOf(
  { campaignId, botId, timeZone }: Slice,
  row: readonly Cell[],
  person: boolean,
  window: boolean,
): Outgoing {
  const who = person ? row.slice(WHO, WHO + 6) : [];
  return {
    id: row[0] as number,
    campaignId,
    botId,
    subscriberId: row[1] as number,
    connectionId: row[2] as number,
    purpose: 'campaign',
    attempts: row[3] as number,
    parts: row[4] as number,
    address: row[5] as string,
    firstName: (who[0] ?? null) as string | null,
    lastName: (who[1] ?? null) as string | null,
    locale: (who[2] ?? null) as string | null,
    phone: (who[3] ?? null) as string | null,
    email: (who[4] ?? null) as string | null,
    timeZone,
    lastInboundAt: window ? (row.at(-1) as number | null) : null,
    attributes: who[5] ?? '{}',
    content: null,
  };
}

/** Single deliveries by their ids, those still planned. */
export async function readSingles(db: Database, ids: readonly number[]): Promise<Outgoing[]> {
  if (ids.length === 0) return [];
  const { rows } = await ask<Outgoing>(db, {
    sql: `select ${COLUMNS}, d.campaign_id as campaignId, d.bot_id as botId, d.purpose,
       d.time_zone as timeZone, ${INBOUND}, ${PERSON}, d.content
     from deliveries d join connections c on c.id = d.connection_id join subscribers s on s.id = d.subscriber_id
     where d.id in (${ids.map(() => '?').join(', ')}) and d.state = 'planned'`,
    bindings: ids,
  });
  return rows.map((row) => ({ ...row, content: row.content === null ? null : readJson<SingleMessage>(row.content) }));
}

/** Those of the ids that are neither to be sent nor on the wire. */
export async function settledAmong(db: Database, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const open = new Set(
    (await db('deliveries')
      .whereIn('id', [...ids])
      .whereIn('state', OPEN)
      .pluck('id')) as number[],
  );
  return ids.filter((id) => !open.has(id));
}

const OPEN: readonly DeliveryState[] = ['planned', 'sending'];

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

/**
 * Stamps a group `sending` after looking again at stop, unsubscribed and blocked in the store. Deliveries that came in
 * slices are stamped in one statement; those it leaves, and single ones, with care. Whose lease was lost is `gone`.
 */
export async function stamp(
  db: Database,
  ids: readonly number[],
  now: number,
  leases: StampLeases | null = null,
): Promise<Stamped> {
  if (ids.length === 0) return { stamped: new Set(), held: [] };
  const quick = leases && leases.slices.length > 0 ? await stampQuickly(db, ids, now, leases) : [];
  if (quick.length === ids.length) return { stamped: new Set(quick), held: [] };
  const done = new Set(quick);
  const careful = await stampWithCare(
    db,
    ids.filter((id) => !done.has(id)),
    now,
    leases,
  );
  return { stamped: new Set([...quick, ...careful.stamped]), held: careful.held };
}

/** Those whose campaign is being sent and whose connection is active, as nearly all are (erasing a person ends theirs); answers which. */
async function stampQuickly(
  db: Database,
  ids: readonly number[],
  now: number,
  leases: StampLeases,
): Promise<readonly number[]> {
  const lease = ours(db, leases);
  // Sub-selects and not a join: of a joined table MySQL locks every row it reads, and planning holds the campaign's.
  const sql = `update deliveries set state = 'sending', sending_at = ?
    where id in (${listOf(db, ids)}) and state = 'planned'
      and exists (select 1 from campaigns g where g.id = deliveries.campaign_id and g.state = 'sending')
      and exists (select 1 from connections c where c.id = deliveries.connection_id and c.status = 'active')
      and ${lease.sql}`;
  const bindings = [now, ...bindingsOf(db, ids), ...lease.bindings];
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
  const stamped = new Set(free.length > 0 ? await stampRows(db, free, now, leases) : []);
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
): Promise<number[]> {
  const lease = leases ? ours(db, leases) : { sql: 'true', bindings: [] };
  if (!isMysql(db)) {
    const { rows } = await ask<{ id: number }>(db, {
      sql: `update deliveries set state = 'sending', sending_at = ?
        where id in (${listOf(db, ids)}) and state = 'planned' and ${lease.sql} returning id`,
      bindings: [now, ...bindingsOf(db, ids), ...lease.bindings],
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
      const sql = `update deliveries set state = 'sending', sending_at = ? where id in (${listOf(db, free)})`;
      await ask(trx, { sql, bindings: [now] });
    }
    return free;
  });
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
