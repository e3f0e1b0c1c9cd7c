// Calls that have one key for all their deliveries, where a platform knows a repeat by the request. As long as nobody
// knows whether a call arrived, its deliveries keep its key and are taken up again all together or not at all: in the
// slice they lie in, or, as later tries, leased here.
import { readCallKey } from '../domain/call-keys.ts';
import { clockSql } from './clock.ts';
import type { Database } from './database.ts';
import { type DueDelivery, type DueLease, whoseSql } from './due.ts';
import { ask } from './hot.ts';
import { transact } from './transact.ts';

/** They have had a sure answer: what comes back of them goes in any company. */
export async function leaveCalls(db: Database, deliveries: readonly { id: number }[]): Promise<void> {
  if (deliveries.length > 0)
    await db('deliveries')
      .whereIn(
        'id',
        deliveries.map(({ id }) => id),
      )
      .update({ call_key: null });
}

/** Are these, so many, all of a call who are still to be sent to, or on the wire? */
export async function isWhole(db: Database, key: string, count: number): Promise<boolean> {
  const { first, last } = readCallKey(key);
  const { rows } = await ask<{ open: number }>(db, {
    sql: `select count(*) as open from deliveries where id between ? and ? and call_key = ? and state in ('planned', 'sending')`,
    bindings: [first, last, key],
  });
  return Number(rows[0]?.open) === count;
}

/** Leases calls of which a delivery is due, whole ones, until there are as many deliveries as wanted. */
export async function leaseCalls(db: Database, lease: DueLease): Promise<DueDelivery[]> {
  const { botId, campaignId, now, limit } = lease;
  const { rows } = await ask<{ callKey: string }>(db, {
    sql: `select d.call_key as callKey from due_deliveries u join deliveries d on d.id = u.delivery_id
      where u.bot_id = ? and u.due_at <= ? and u.lease_owner is null and ${whoseSql(campaignId)} and d.call_key is not null
      order by u.due_at limit ?`,
    bindings: [botId, now, ...(campaignId === null ? [] : [campaignId]), limit],
  });
  const taken: DueDelivery[] = [];
  for (const key of new Set(rows.map(({ callKey }) => callKey)))
    if (taken.length < limit) taken.push(...(await leaseCall(db, key, lease)));
  return taken;
}

/** Those of it that are still to be sent; nobody where someone else has one of them. */
async function leaseCall(db: Database, key: string, lease: DueLease): Promise<DueDelivery[]> {
  const { first, last } = readCallKey(key);
  const { rows } = await ask<DueDelivery>(db, {
    sql: `select u.delivery_id as deliveryId, u.priority from due_deliveries u join deliveries d on d.id = u.delivery_id
      where u.delivery_id between ? and ? and u.bot_id = ? and d.call_key = ?`,
    bindings: [first, last, lease.botId, key],
  });
  try {
    await transact(db, async (trx) => {
      const changed = await trx('due_deliveries')
        .whereIn(
          'delivery_id',
          rows.map(({ deliveryId }) => deliveryId),
        )
        .whereNull('lease_owner')
        .update({ lease_owner: lease.owner, lease_until: trx.raw(`${clockSql(trx)} + ?`, [lease.for]) });
      if (changed !== rows.length) throw new InOtherHands();
    });
    return rows;
  } catch (error) {
    if (error instanceof InOtherHands) return [];
    throw error;
  }
}

class InOtherHands extends Error {}
