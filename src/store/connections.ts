// Connections: one person's address at one bot, and whether we may write to it.
import type { Connection, ConnectionStatus } from '../domain/subscriber.ts';
import type { Database } from './database.ts';

export interface ConnectionRow {
  id: number;
  subscriber_id: number;
  bot_id: number;
  external_id: string;
  status: ConnectionStatus;
  reason: string | null;
  since: number;
  subscribed_at: number | null;
  last_inbound_at: number | null;
  ref: string | null;
}

export const toConnection = (row: ConnectionRow): Connection => ({
  id: row.id,
  subscriberId: row.subscriber_id,
  botId: row.bot_id,
  externalId: row.external_id,
  status: row.status,
  reason: row.reason,
  since: row.since,
  subscribedAt: row.subscribed_at,
  lastInboundAt: row.last_inbound_at,
  ref: row.ref,
});

export async function findConnection(db: Database, botId: number, address: string): Promise<Connection | null> {
  const row = await db<ConnectionRow>('connections').where({ bot_id: botId, external_id: address }).first();
  return row ? toConnection(row) : null;
}

/** Of all bots: ids are each platform's own, so there are few. */
export async function connectionsAt(db: Database, address: string): Promise<Connection[]> {
  // By the unique key (bot, address); nothing leads to an address alone.
  const bots = db('bots').select('id');
  return (await db<ConnectionRow>('connections').whereIn('bot_id', bots).where({ external_id: address })).map(
    toConnection,
  );
}

export async function getConnection(db: Database, id: number): Promise<Connection | null> {
  const row = await db<ConnectionRow>('connections').where({ id }).first();
  return row ? toConnection(row) : null;
}

export async function connectionsOf(db: Database, subscriberId: number): Promise<Connection[]> {
  return (await db<ConnectionRow>('connections').where({ subscriber_id: subscriberId }).orderBy('id')).map(
    toConnection,
  );
}

/** Whoever did something at this bot last, since an instant, and may be written to. */
export async function lastHeardFrom(db: Database, botId: number, since: number): Promise<Connection | null> {
  const row = await db<ConnectionRow>('connections')
    .where({ bot_id: botId, status: 'active' })
    .where('last_inbound_at', '>=', since)
    .orderBy('last_inbound_at', 'desc')
    .first();
  return row ? toConnection(row) : null;
}

/** What may change of a connection; `since` is when the status last changed. */
export interface ConnectionChange {
  status?: ConnectionStatus;
  reason?: string | null;
  since?: number;
  subscribedAt?: number | null;
  lastInboundAt?: number;
  ref?: string | null;
  /** Platforms may move a chat to a new address. */
  externalId?: string;
}

export async function updateConnection(db: Database, id: number, change: ConnectionChange): Promise<void> {
  const columns = {
    status: change.status,
    reason: change.reason,
    since: change.since,
    subscribed_at: change.subscribedAt,
    last_inbound_at: change.lastInboundAt,
    ref: change.ref,
    external_id: change.externalId,
  };
  const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length > 0) await db('connections').where({ id }).update(given);
}
