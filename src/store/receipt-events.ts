// Stored receipts that are not tied to a delivery yet. Tying them is the one thing ever added to an event.
import type { HeraldEvent } from '../domain/event.ts';
import type { Connection } from '../domain/subscriber.ts';
import { type ConnectionRow, toConnection } from './connections.ts';
import type { Database } from './database.ts';
import { type EventRow, toEvent } from './events.ts';

const MOST = 1000;

export async function findWaitingReceipts(db: Database, since: number): Promise<number[]> {
  const rows: { id: number }[] = await db('events')
    .whereNull('campaign_id')
    .whereIn('kind', ['delivered', 'opened', 'undelivered'])
    .where('at', '>=', since)
    .orderBy('id', 'desc')
    .limit(MOST)
    .select('id');
  return rows.map(({ id }) => id);
}

/** The receipt with its connection, which is locked. */
export async function lockReceiptEvent(
  db: Database,
  id: number,
): Promise<{ event: HeraldEvent; connection: Connection } | null> {
  const event = await db<EventRow>('events').where({ id }).first();
  if (!event?.connection_id) return null;
  const connection = await db<ConnectionRow>('connections').where({ id: event.connection_id }).forUpdate().first();
  return connection ? { event: toEvent(event), connection: toConnection(connection) } : null;
}

export async function resolveReceiptEvent(
  db: Database,
  id: number,
  delivery: { id: number; campaignId: number },
): Promise<void> {
  await db('events')
    .where({ id })
    .whereNull('delivery_id')
    .update({ delivery_id: delivery.id, campaign_id: delivery.campaignId });
}
