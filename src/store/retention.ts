// Deletes what has grown old, slice by slice. The clicks among the events are added up in the same transaction, so that
// at no instant the audit counts one twice or not at all.
import { CLICK_FIGURES } from '../domain/audit.ts';
import type { Database } from './database.ts';
import { isMysql } from './database.ts';
import { jsonText } from './json.ts';
import { transact } from './transact.ts';
import { type Value, valuesTable } from './values.ts';
import { walkUp } from './walk.ts';

const CLICK_KINDS = Object.keys(CLICK_FIGURES);

export interface Old {
  /** What happened before this instant goes. */
  before: number;
  signal?: AbortSignal | undefined;
  /** Called after each slice with what it deleted; answering false ends the walk. */
  deleted: (count: number) => Promise<boolean>;
}

export async function deleteOldEvents(db: Database, { before, signal, deleted }: Old): Promise<void> {
  const range = await idRange(db, 'events');
  if (!range) return;
  await walkUp(db, { ...range, signal }, async (from, to) => {
    const count = await transact(db, (trx) => deleteSlice(trx, { from, to, before }));
    if (!(await deleted(count))) return 'stop';
    // Events lie in the order in which they came: behind the first slice without an old one there are hardly any.
    return count === 0 && (await isYoung(db, { from, to, before })) ? 'stop' : undefined;
  });
}

interface Slice {
  from: number;
  to: number;
  before: number;
}

async function deleteSlice(trx: Database, slice: Slice): Promise<number> {
  await lockClicked(trx, slice);
  await addUp(trx, slice);
  return trx('events').where('id', '>', slice.from).where('id', '<=', slice.to).where('at', '<', slice.before).delete();
}

/** Counting a click locks its delivery: so do we, else one that comes in this moment would be counted by both or none. */
async function lockClicked(trx: Database, { from, to, before }: Slice): Promise<void> {
  if (!isMysql(trx)) return;
  const ids = (await trx('events')
    .where('id', '>', from)
    .where('id', '<=', to)
    .where('at', '<', before)
    .whereIn('kind', CLICK_KINDS)
    .whereNotNull('delivery_id')
    .distinct('delivery_id')
    .orderBy('delivery_id')
    .pluck('delivery_id')) as number[];
  if (ids.length > 0) await trx('deliveries').whereIn('id', ids).orderBy('id').forUpdate().select('id');
}

const KEY = ['campaign_id', 'bot_id', 'kind', 'button_id', 'scanner'];

/** People are added up once none of their clicks on this button is left. */
async function addUp(trx: Database, { from, to, before }: Slice): Promise<void> {
  const button = (alias: string): string => jsonText(trx, `${alias}.data`, 'buttonId');
  const isScanner = (alias: string): string =>
    `case when ${jsonText(trx, `${alias}.data`, 'scanner')} is null then 0 else 1 end`;
  const left = `exists (select 1 from events f where f.subscriber_id = e.subscriber_id and f.delivery_id = e.delivery_id
    and f.kind = e.kind and ${button('f')} = ${button('e')} and ${isScanner('f')} = 0
    and not (f.id > ? and f.id <= ? and f.at < ?))`;
  const rows = (await trx('events as e')
    .join('deliveries as d', 'd.id', 'e.delivery_id')
    .whereIn('e.kind', CLICK_KINDS)
    .where('d.purpose', 'campaign')
    .where('e.id', '>', from)
    .where('e.id', '<=', to)
    .where('e.at', '<', before)
    .groupByRaw(`e.campaign_id, d.bot_id, e.kind, ${button('e')}, ${isScanner('e')}`)
    .select(
      'e.campaign_id',
      'd.bot_id',
      'e.kind',
      trx.raw(`${button('e')} as button_id`),
      trx.raw(`${isScanner('e')} as scanner`),
      trx.raw('count(*) as clicks'),
      trx.raw(`count(distinct case when ${isScanner('e')} = 0 and not ${left} then e.delivery_id end) as people`, [
        from,
        to,
        before,
      ]),
    )) as Record<string, Value>[];
  if (rows.length === 0) return;
  const columns = [...KEY, 'clicks', 'people'];
  const values = valuesTable(
    trx,
    'v',
    columns,
    rows.map((row) => columns.map((column) => row[column] ?? '')),
  );
  const update = isMysql(trx)
    ? 'on duplicate key update clicks = click_rollups.clicks + values(clicks), people = click_rollups.people + values(people)'
    : `where true on conflict (${KEY.join(', ')}) do update set clicks = clicks + excluded.clicks, people = people + excluded.people`;
  await trx.raw(
    `insert into click_rollups (${columns.join(', ')}) select ${columns.join(', ')} from ${values.sql} ${update}`,
    values.bindings,
  );
}

/** What was said in website chats. */
export async function deleteOldWebMessages(db: Database, { before, signal, deleted }: Old): Promise<void> {
  const range = await idRange(db, 'web_messages');
  if (!range) return;
  await walkUp(db, { ...range, signal }, async (from, to) => {
    const count = await db('web_messages')
      .where('id', '>', from)
      .where('id', '<=', to)
      .where('at', '<', before)
      .delete();
    // Their ids are in the order of their times.
    return count === 0 || !(await deleted(count)) ? 'stop' : undefined;
  });
}

/** Sessions that have ended, and answers to repeated requests that nobody repeats any more. */
export async function deleteExpired(db: Database, now: number): Promise<void> {
  await db('sessions').where('expires_at', '<', now).delete();
  await db('idempotency_keys')
    .where('created_at', '<', now - DAY_MS)
    .delete();
}

const DAY_MS = 24 * 3_600_000;

/** An event may be noted a day after it happened; later ones are rare, and found another time. */
async function isYoung(db: Database, { from, to, before }: Slice): Promise<boolean> {
  const row = (await db('events').where('id', '>', from).where('id', '<=', to).first(db.raw('min(at) as oldest'))) as {
    oldest: number | null;
  };
  return row.oldest !== null && row.oldest >= before + DAY_MS;
}

async function idRange(db: Database, table: string): Promise<{ from: number; to: number } | null> {
  const row = (await db(table).first(db.raw('min(id) as first'), db.raw('max(id) as last'))) as {
    first: number | null;
    last: number | null;
  };
  return row.first === null || row.last === null ? null : { from: Number(row.first) - 1, to: Number(row.last) };
}
