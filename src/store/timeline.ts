// One person's timeline: messages (deliveries) and events in one list, newest first, merged page by page.
import type { Database } from './database.ts';
import { readJson } from './database.ts';
import { decodeCursor, type Page, pageOf, type PageQuery } from './page.ts';

export interface TimelineEntry {
  at: number;
  kind: 'delivery' | 'event';
  /** A delivery's state, or an event's kind. */
  what: string;
  /** Why a delivery failed, or (`fell_back`) why a connection did. */
  reason: string | null;
  mailing: { id: string; name: string } | null;
  /** The bot's name. */
  bot: string | null;
  /** What the person wrote, the tag, the attribute, the bot it went on over: whatever the event carries in words. */
  text: string | null;
}

interface TimelineRow {
  at: number;
  id: number;
  what: string;
  reason: string | null;
  campaign_id: string | null;
  campaign_name: string | null;
  bot_name: string | null;
  data: unknown;
}

interface Entry extends TimelineRow {
  kind: TimelineEntry['kind'];
}

const DELIVERY = 1;
const EVENT = 0;

export async function timelineOf(
  db: Database,
  subscriberId: number,
  { cursor, limit }: PageQuery,
): Promise<Page<TimelineEntry>> {
  const before = decodeCursor(cursor, 3);
  const events = await eventRows(db, subscriberId, before, limit + 1);
  const deliveries = await deliveryRows(db, subscriberId, before, limit + 1);
  const rows = [
    ...events.map((row): Entry => ({ ...row, kind: 'event' })),
    ...deliveries.map((row): Entry => ({ ...row, kind: 'delivery' })),
  ].sort((a, b) => b.at - a.at || sideOf(b) - sideOf(a) || b.id - a.id);
  return pageOf(rows, limit, (row) => [row.at, sideOf(row), row.id], toEntry);
}

const sideOf = (row: Entry): number => (row.kind === 'delivery' ? DELIVERY : EVENT);

/** Rows after the cursor (time, side, id) in one of the two tables, newest first. */
function after(cursor: number[] | null, side: number, at: string, id: string): { sql: string; bindings: number[] } {
  if (!cursor) return { sql: '1 = 1', bindings: [] };
  const [time, cursorSide, cursorId] = cursor as [number, number, number];
  if (side < cursorSide) return { sql: `${at} <= ?`, bindings: [time] };
  if (side > cursorSide) return { sql: `${at} < ?`, bindings: [time] };
  return { sql: `(${at} < ? or (${at} = ? and ${id} < ?))`, bindings: [time, time, cursorId] };
}

async function eventRows(
  db: Database,
  subscriberId: number,
  cursor: number[] | null,
  limit: number,
): Promise<TimelineRow[]> {
  const { sql, bindings } = after(cursor, EVENT, 'e.at', 'e.id');
  return db('events as e')
    .leftJoin('campaigns as m', 'm.id', 'e.campaign_id')
    .leftJoin('bots as b', 'b.id', 'e.bot_id')
    .where('e.subscriber_id', subscriberId)
    .whereRaw(sql, bindings)
    .orderBy([
      { column: 'e.at', order: 'desc' },
      { column: 'e.id', order: 'desc' },
    ])
    .limit(limit)
    .select(
      'e.at',
      'e.id',
      'e.kind as what',
      db.raw('null as reason'),
      'm.public_id as campaign_id',
      'm.name as campaign_name',
      'b.name as bot_name',
      'e.data',
    );
}

async function deliveryRows(
  db: Database,
  subscriberId: number,
  cursor: number[] | null,
  limit: number,
): Promise<TimelineRow[]> {
  const at = 'coalesce(d.sent_at, d.settled_at, d.planned_at)';
  const { sql, bindings } = after(cursor, DELIVERY, at, 'd.id');
  return db('deliveries as d')
    .leftJoin('campaigns as m', 'm.id', 'd.campaign_id')
    .leftJoin('bots as b', 'b.id', 'd.bot_id')
    .where('d.subscriber_id', subscriberId)
    .whereRaw(sql, bindings)
    .orderByRaw(`${at} desc, d.id desc`)
    .limit(limit)
    .select(
      db.raw(`${at} as at`),
      'd.id',
      'd.state as what',
      'd.reason',
      'm.public_id as campaign_id',
      'm.name as campaign_name',
      'b.name as bot_name',
      db.raw('null as data'),
    );
}

/** The keys of an event's data that hold words, most telling first. */
const WORDS = ['text', 'tag', 'key', 'label', 'product', 'ref', 'to'] as const;

function toEntry(row: Entry): TimelineEntry {
  const data = row.data === null ? {} : readJson<Record<string, unknown>>(row.data);
  const word = WORDS.map((key) => data[key]).find((value) => typeof value === 'string');
  return {
    at: row.at,
    kind: row.kind,
    what: row.what,
    reason: row.reason ?? (typeof data.reason === 'string' ? data.reason : null),
    mailing: row.campaign_id === null ? null : { id: row.campaign_id, name: row.campaign_name ?? '' },
    bot: row.bot_name,
    text: typeof word === 'string' ? word : null,
  };
}
