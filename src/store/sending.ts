// The hot statements of a sender: read what a slice holds, stamp what goes out in the next instant. Stamping is the one
// guard against doubles: a row changes from planned to sending once, whoever else may try.
import type { DeliveryPurpose, DeliveryState, SkipReason } from '../domain/delivery.ts';
import type { Message } from '../domain/message.ts';
import type { AttributeValue, ConnectionStatus } from '../domain/subscriber.ts';
import { type Database, isMysql, readJson } from './database.ts';
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
  /** As stored: read with `readAttributes` only where a message asks for one. */
  attributes: unknown;
  /** The message of a single delivery; null means the campaign's own. */
  content: Message | null;
}

export const readAttributes = (outgoing: Outgoing): Record<string, AttributeValue> => readJson(outgoing.attributes);

const COLUMNS = `d.id, d.campaign_id as campaignId, d.bot_id as botId, d.subscriber_id as subscriberId, d.connection_id as connectionId,
  d.purpose, d.attempts, d.parts, c.external_id as address, s.first_name as firstName, s.last_name as lastName, s.locale, s.phone, s.email,
  d.time_zone as timeZone, s.attributes`;

/** What of a slice is still to be sent. Deliveries that wait for a later try have a lease of their own. */
export async function readSlice(db: Database, slice: Slice): Promise<Outgoing[]> {
  const rows = await rowsOf<Outgoing>(
    db,
    `select ${COLUMNS}, null as content
     from deliveries d join connections c on c.id = d.connection_id join subscribers s on s.id = d.subscriber_id
     where d.campaign_id = ? and d.bot_id = ? and d.id between ? and ? and d.state = 'planned' and d.purpose = 'campaign'
       and d.time_zone ${isMysql(db) ? '<=>' : 'is'} ?
       and not exists (select 1 from due_deliveries u where u.delivery_id = d.id)
     order by d.id`,
    [slice.campaignId, slice.botId, slice.first, slice.last, slice.timeZone],
  );
  return rows;
}

/** Single deliveries by their ids, those still planned. */
export async function readSingles(db: Database, ids: readonly number[]): Promise<Outgoing[]> {
  if (ids.length === 0) return [];
  const rows = await rowsOf<Outgoing>(
    db,
    `select ${COLUMNS}, d.content
     from deliveries d join connections c on c.id = d.connection_id join subscribers s on s.id = d.subscriber_id
     where d.id in (${ids.map(() => '?').join(', ')}) and d.state = 'planned'`,
    [...ids],
  );
  return rows.map((row) => ({ ...row, content: row.content === null ? null : readJson<Message>(row.content) }));
}

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

/** Stamps a group `sending` after looking again at stop, unsubscribed and blocked in the store. */
export async function stamp(db: Database, ids: readonly number[], now: number): Promise<Stamped> {
  if (ids.length === 0) return { stamped: new Set(), held: [] };
  const rows = await rowsOf<StampRow>(
    db,
    `select d.id, d.state, d.purpose, g.state as campaignState, c.status, s.erased_at as erasedAt
     from deliveries d join campaigns g on g.id = d.campaign_id join connections c on c.id = d.connection_id
       join subscribers s on s.id = d.subscriber_id
     where d.id in (${listOf(db, ids)})`,
    bindingsOf(db, ids),
  );
  const held: Held[] = [];
  const free: number[] = [];
  for (const row of rows) {
    const reason = reasonToHold(row);
    if (reason) held.push(reason);
    else free.push(row.id);
  }
  const stamped = new Set(free.length > 0 ? await stampRows(db, free, now) : []);
  for (const id of free) if (!stamped.has(id)) held.push({ id, why: 'gone' });
  return { stamped, held };
}

interface StampRow {
  id: number;
  state: DeliveryState;
  purpose: DeliveryPurpose;
  campaignState: string;
  status: ConnectionStatus;
  erasedAt: number | null;
}

function reasonToHold(row: StampRow): Held | null {
  if (row.state !== 'planned') return { id: row.id, why: 'gone' };
  if (row.purpose === 'campaign' && row.campaignState !== 'sending') return { id: row.id, why: 'stopped' };
  if (row.erasedAt !== null) return { id: row.id, why: 'skipped', reason: 'erased' };
  if (row.status === 'blocked') return { id: row.id, why: 'skipped', reason: 'blocked' };
  // Who presses a button asks for the answer, also after unsubscribing.
  if (row.status === 'unsubscribed' && row.purpose !== 'reply')
    return { id: row.id, why: 'skipped', reason: 'unsubscribed' };
  return null;
}

/** MySQL has no `update … returning`: there the rows are locked first, so that those changed are surely ours. */
async function stampRows(db: Database, ids: readonly number[], now: number): Promise<number[]> {
  if (!isMysql(db)) {
    const sql = `update deliveries set state = 'sending', sending_at = ? where id in (${listOf(db, ids)}) and state = 'planned' returning id`;
    return (await rowsOf<{ id: number }>(db, sql, [now, ...bindingsOf(db, ids)])).map((row) => row.id);
  }
  return transact(db, async (trx) => {
    const rows = await rowsOf<{ id: number }>(
      trx,
      `select id from deliveries where id in (${listOf(db, ids)}) and state = 'planned' for update`,
      bindingsOf(db, ids),
    );
    const free = rows.map((row) => row.id);
    if (free.length > 0) {
      await trx.raw(`update deliveries set state = 'sending', sending_at = ? where id in (${listOf(db, free)})`, [
        now,
        ...free,
      ]);
    }
    return free;
  });
}

/** On SQLite one JSON parameter keeps the statement's text the same for every length. */
const listOf = (db: Database, ids: readonly number[]): string =>
  isMysql(db) ? ids.map(() => '?').join(', ') : 'select value from json_each(?)';

const bindingsOf = (db: Database, ids: readonly number[]): (number | string)[] =>
  isMysql(db) ? [...ids] : [JSON.stringify(ids)];

async function rowsOf<Row>(db: Database, sql: string, bindings: (number | string | null)[]): Promise<Row[]> {
  const result = (await db.raw(sql, bindings)) as Row[] | [Row[], unknown];
  return isMysql(db) ? (result as [Row[], unknown])[0] : (result as Row[]);
}
