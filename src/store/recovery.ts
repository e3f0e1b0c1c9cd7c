// Takes the work of a dead sender back. What it had only leased goes on; what it had stamped may have arrived, so it
// is planned again only where the platform drops repeats, and is called unconfirmed everywhere else.
import { bump } from './counters.ts';
import type { Database } from './database.ts';
import { releaseDue, removeDue } from './due.ts';
import { type Slice, toSlice } from './slices.ts';
import { transact } from './transact.ts';

export interface Recovery {
  /** Leases that ended before this are dead; `Infinity` where no other sender can be alive. */
  before: number;
  now: number;
  botIds: readonly number[];
  /** Does the bot's platform drop a repeat with the same key? */
  isIdempotent(botId: number): boolean;
}

export interface Recovered {
  planned: number;
  unconfirmed: number;
}

export async function recover(db: Database, recovery: Recovery): Promise<Recovered> {
  const before = Math.min(recovery.before, Number.MAX_SAFE_INTEGER);
  const slices = (await db('slices')
    .whereIn('bot_id', [...recovery.botIds])
    .where('done', 0)
    .where('lease_until', '<', before)
    .select('id', 'campaign_id', 'bot_id', 'first_delivery_id', 'last_delivery_id')) as Parameters<typeof toSlice>[0][];
  const singles = (await db('due_deliveries')
    .whereIn('bot_id', [...recovery.botIds])
    .where('lease_until', '<', before)
    .select('delivery_id', 'bot_id')) as { delivery_id: number; bot_id: number }[];
  const total = { planned: 0, unconfirmed: 0 };
  for (const row of slices) add(total, await recoverSlice(db, toSlice(row), { ...recovery, before }));
  for (const row of singles)
    add(total, await recoverSingle(db, { id: row.delivery_id, botId: row.bot_id }, { ...recovery, before }));
  return total;
}

const add = (total: Recovered, more: Recovered): void => {
  total.planned += more.planned;
  total.unconfirmed += more.unconfirmed;
};

async function recoverSlice(db: Database, slice: Slice, { before, now, isIdempotent }: Recovery): Promise<Recovered> {
  return transact(db, async (trx) => {
    const free = { lease_owner: null, lease_until: null };
    const ours = await trx('slices').where({ id: slice.id, done: 0 }).where('lease_until', '<', before).update(free);
    if (ours === 0) return { planned: 0, unconfirmed: 0 };
    const stamped = trx('deliveries')
      .where({ campaign_id: slice.campaignId, bot_id: slice.botId, state: 'sending', purpose: 'campaign' })
      .whereBetween('id', [slice.first, slice.last])
      .whereNotExists((q) => void q.from('due_deliveries as u').whereRaw('u.delivery_id = deliveries.id'));
    if (isIdempotent(slice.botId)) return { planned: await stamped.update({ state: 'planned' }), unconfirmed: 0 };
    const unconfirmed = await stamped.update({ state: 'unconfirmed', settled_at: now });
    await bump(trx, [{ campaignId: slice.campaignId, botId: slice.botId, figure: 'unconfirmed', by: unconfirmed }]);
    return { planned: 0, unconfirmed };
  });
}

async function recoverSingle(
  db: Database,
  single: { id: number; botId: number },
  { before, now, isIdempotent }: Recovery,
): Promise<Recovered> {
  return transact(db, async (trx) => {
    const row = (await trx('due_deliveries as u')
      .join('deliveries as d', 'd.id', 'u.delivery_id')
      .where('u.delivery_id', single.id)
      .where('u.lease_until', '<', before)
      .forUpdate()
      .first('d.state', 'd.purpose', 'd.campaign_id')) as
      | { state: string; purpose: string; campaign_id: number }
      | undefined;
    if (!row) return { planned: 0, unconfirmed: 0 };
    if (row.state === 'planned' || (row.state === 'sending' && isIdempotent(single.botId))) {
      await trx('deliveries').where({ id: single.id }).update({ state: 'planned' });
      await releaseDue(trx, [single.id], null);
      return { planned: row.state === 'planned' ? 0 : 1, unconfirmed: 0 };
    }
    await removeDue(trx, [single.id]);
    if (row.state !== 'sending') return { planned: 0, unconfirmed: 0 };
    await trx('deliveries').where({ id: single.id }).update({ state: 'unconfirmed', settled_at: now });
    if (row.purpose === 'campaign')
      await bump(trx, [{ campaignId: row.campaign_id, botId: single.botId, figure: 'unconfirmed', by: 1 }]);
    return { planned: 0, unconfirmed: 1 };
  });
}
