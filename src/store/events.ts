// The event log: facts about people, appended and never edited. A fact the platform tells twice is stored once, by the
// unique key (bot, external id).
import type { EventKind, HeraldEvent } from '../domain/event.ts';
import type { Database } from './database.ts';
import { changedRows, isMysql, readJson } from './database.ts';

export interface NewEvent {
  at: number;
  kind: EventKind;
  subscriberId?: number | null;
  connectionId?: number | null;
  botId?: number | null;
  campaignId?: number | null;
  deliveryId?: number | null;
  /** The platform's id of the fact, unique within the bot; null for facts of our own. */
  externalId?: string | null;
  data?: Record<string, unknown>;
}

const COLUMNS = 'at, kind, subscriber_id, connection_id, bot_id, campaign_id, delivery_id, external_id, data';

/** How half a character is written in JSON. Platforms cut names, and we cut tags, by the unit; not every database takes that. */
const HALVES = /\\ud[89a-f]/;

function toJson(data: Record<string, unknown>): string {
  const json = JSON.stringify(data);
  if (!HALVES.test(json)) return json;
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value,
  );
}

const valuesOf = (event: NewEvent): (string | number | null)[] => [
  event.at,
  event.kind,
  event.subscriberId ?? null,
  event.connectionId ?? null,
  event.botId ?? null,
  event.campaignId ?? null,
  event.deliveryId ?? null,
  event.externalId ?? null,
  event.data ? toJson(event.data) : null,
];

/** Appends one event; null when the bot has told this fact before. */
export async function insertEvent(db: Database, event: NewEvent): Promise<number | null> {
  const verb = isMysql(db) ? 'insert ignore' : 'insert or ignore';
  const result: unknown = await db.raw(
    `${verb} into events (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    valuesOf(event),
  );
  if (changedRows(result) === 0) return null;
  return Array.isArray(result)
    ? (result[0] as { insertId: number }).insertId
    : Number((result as { lastInsertRowid: number | bigint }).lastInsertRowid);
}

/** Appends many at once; answers how many are new. */
export async function insertEvents(db: Database, events: readonly NewEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  const verb = isMysql(db) ? 'insert ignore' : 'insert or ignore';
  const rows = events.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ');
  return changedRows(await db.raw(`${verb} into events (${COLUMNS}) values ${rows}`, events.flatMap(valuesOf)));
}

export interface EventRow {
  id: number;
  at: number;
  kind: EventKind;
  subscriber_id: number | null;
  connection_id: number | null;
  bot_id: number | null;
  campaign_id: number | null;
  delivery_id: number | null;
  external_id: string | null;
  data: unknown;
}

export const toEvent = (row: EventRow): HeraldEvent => ({
  id: row.id,
  at: row.at,
  kind: row.kind,
  subscriberId: row.subscriber_id,
  connectionId: row.connection_id,
  botId: row.bot_id,
  campaignId: row.campaign_id,
  deliveryId: row.delivery_id,
  externalId: row.external_id,
  data: row.data === null ? {} : readJson<Record<string, unknown>>(row.data),
});
