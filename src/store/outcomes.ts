// How single deliveries ended, for whoever waits for them.
import type { DeliveryState } from '../domain/delivery.ts';
import type { Database } from './database.ts';

export interface DeliveryOutcome {
  state: DeliveryState;
  reason: string | null;
  detail: string | null;
}

/** By delivery id. */
export async function outcomesOf(db: Database, ids: readonly number[]): Promise<Map<number, DeliveryOutcome>> {
  const rows: (DeliveryOutcome & { id: number })[] = await db('deliveries')
    .whereIn('id', [...ids])
    .select('id', 'state', 'reason', 'detail');
  return new Map(rows.map(({ id, ...outcome }) => [id, outcome]));
}
