// Questions about one mailing's deliveries that counters do not answer. Walked in slices of ids, so that a question
// about a million people does not keep the process from sending.
import type { DeliveryState } from '../domain/delivery.ts';
import type { Database } from './database.ts';
import { walkUp } from './walk.ts';

/** First and last delivery of a campaign; null while it has none. */
export async function deliveryRange(db: Database, campaignId: number): Promise<{ from: number; to: number } | null> {
  const row = (await db('deliveries')
    .where({ campaign_id: campaignId })
    .first(db.raw('min(id) as first'), db.raw('max(id) as last'))) as { first: number | null; last: number | null };
  return row.first === null || row.last === null ? null : { from: Number(row.first) - 1, to: Number(row.last) };
}

export interface ReasonCount {
  state: DeliveryState;
  reason: string;
  people: number;
}

/** Why deliveries of this mailing failed or were skipped, the commonest reason first. */
export async function countReasons(db: Database, campaignId: number, signal?: AbortSignal): Promise<ReasonCount[]> {
  const range = await deliveryRange(db, campaignId);
  const sums = new Map<string, ReasonCount>();
  if (!range) return [];
  await walkUp(db, { ...range, signal }, async (from, to) => {
    const rows = (await db('deliveries')
      .where({ campaign_id: campaignId, purpose: 'campaign' })
      .where('id', '>', from)
      .where('id', '<=', to)
      .whereIn('state', ['failed', 'skipped'])
      .groupBy('state', 'reason')
      .select('state', 'reason', db.raw('count(*) as people'))) as {
      state: DeliveryState;
      reason: string | null;
      people: number;
    }[];
    for (const { state, reason, people } of rows) {
      const key = `${state} ${reason}`;
      const sum = sums.get(key) ?? { state, reason: reason ?? '', people: 0 };
      sum.people += Number(people);
      sums.set(key, sum);
    }
  });
  return [...sums.values()].sort((a, b) => b.people - a.people);
}

/** Names of staff by id. */
export async function staffNames(db: Database, ids: readonly number[]): Promise<Map<number, string>> {
  const rows: { id: number; name: string }[] = await db('staff')
    .whereIn('id', [...ids])
    .select('id', 'name');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Messages sent since an instant, to the minute. */
export async function sentSince(db: Database, at: number): Promise<number> {
  const row = (await db('counter_minutes')
    .where({ figure: 'sent' })
    .where('minute', '>=', at)
    .first(db.raw('coalesce(sum(value), 0) as sent'))) as { sent: number | string };
  return Number(row.sent);
}
