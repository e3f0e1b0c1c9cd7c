// Clicks are events; here is the one question asked of them while they are counted.
import type { EventKind } from '../domain/event.ts';
import type { Database } from './database.ts';
import { jsonText } from './json.ts';

export interface ClickQuestion {
  delivery: { id: number; subscriberId: number };
  event: EventKind;
  buttonId: string;
  /** The click that is being counted. */
  eventId: number;
}

/** Has this person clicked this button of this delivery before? Reads the person's own events: they are few. */
export async function clickedBefore(
  db: Database,
  { delivery, event, buttonId, eventId }: ClickQuestion,
): Promise<boolean> {
  const row: unknown = await db('events')
    .where({ subscriber_id: delivery.subscriberId, delivery_id: delivery.id, kind: event })
    .whereNot({ id: eventId })
    .whereRaw(`${jsonText(db, 'data', 'buttonId')} = ?`, [buttonId])
    .first('id');
  return row !== undefined;
}
