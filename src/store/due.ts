// What falls due singly: tests, replies and later tries. The table holds only what waits, so that looking for what is
// due costs nothing, and a delivery leaves it in the transaction that settles it.
import type { DeliveryPurpose } from '../domain/delivery.ts';
import type { SingleMessage } from '../domain/message.ts';
import { clockSql } from './clock.ts';
import { type Database, isMysql } from './database.ts';
import { ask } from './hot.ts';
import { transact } from './transact.ts';
import { valuesTable } from './values.ts';

/** Higher goes first. */
export const PRIORITY = { reply: 10, test: 5, retry: 0 } as const;

export interface SingleDelivery {
  campaignId: number;
  subscriberId: number;
  connectionId: number;
  botId: number;
  /** With campaign and subscriber the unique key: `test:<nonce>`, `press:<event id>`. */
  cause: string;
  purpose: Exclude<DeliveryPurpose, 'campaign'>;
  content: SingleMessage;
  priority: number;
  dueAt: number;
}

/** Plans one message to one person; answers the delivery's id, or null when it existed already. */
export async function planSingle(db: Database, single: SingleDelivery): Promise<number | null> {
  return transact(db, async (trx) => {
    const id = await insertOnce(trx, {
      campaign_id: single.campaignId,
      subscriber_id: single.subscriberId,
      connection_id: single.connectionId,
      bot_id: single.botId,
      cause: single.cause,
      purpose: single.purpose,
      state: 'planned',
      content: JSON.stringify(single.content),
      planned_at: single.dueAt,
    });
    if (id === null) return null;
    await trx('due_deliveries').insert({
      delivery_id: id,
      bot_id: single.botId,
      campaign_id: single.campaignId,
      priority: single.priority,
      due_at: single.dueAt,
    });
    return id;
  });
}

/** The id of the new row, or null when the unique key was taken. The two databases report that differently. */
async function insertOnce(db: Database, row: Record<string, string | number>): Promise<number | null> {
  const columns = Object.keys(row);
  const values = Object.values(row);
  const into = `into deliveries (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`;
  if (isMysql(db)) {
    const [{ insertId, affectedRows }] = await db.raw(`insert ignore ${into}`, values);
    return affectedRows === 1 ? Number(insertId) : null;
  }
  const [inserted] = (await db.raw(`insert ${into} on conflict do nothing returning id`, values)) as { id: number }[];
  return inserted?.id ?? null;
}

export interface DueLease {
  owner: string;
  now: number;
  /** Milliseconds, by the database's clock. */
  for: number;
  botId: number;
  /** The later tries of this campaign; null: tests and replies, of whichever campaign. */
  campaignId: number | null;
  limit: number;
  /** Leaves out what may have arrived with a call: that is leased by the call (`leaseCalls`). */
  withoutCalls?: boolean;
}

export interface DueDelivery {
  deliveryId: number;
  priority: number;
}

/** Leases the most urgent of what is due on one bot. Rows that another taker got first are left out. */
export async function leaseDue(db: Database, lease: DueLease): Promise<DueDelivery[]> {
  const { botId, campaignId, now, withoutCalls = false } = lease;
  const whose = whoseSql(campaignId);
  const { rows } = await ask<DueDelivery>(db, {
    sql: `select u.delivery_id as deliveryId, u.priority from due_deliveries u join deliveries d on d.id = u.delivery_id
      where u.bot_id = ? and u.due_at <= ? and u.lease_owner is null and ${whose}${withoutCalls ? ' and d.call_key is null' : ''}
      order by u.priority desc, u.due_at limit ?`,
    bindings: [botId, now, ...(campaignId === null ? [] : [campaignId]), lease.limit],
  });
  const taken: DueDelivery[] = [];
  for (const row of rows) {
    const changed = await db('due_deliveries')
      .where({ delivery_id: row.deliveryId })
      .whereNull('lease_owner')
      .update({ lease_owner: lease.owner, lease_until: db.raw(`${clockSql(db)} + ?`, [lease.for]) });
    if (changed === 1) taken.push(row);
  }
  return taken;
}

/** The later tries of a campaign, its id being bound, or what is urgent. */
export const whoseSql = (campaignId: number | null): string =>
  campaignId === null ? `d.purpose <> 'campaign'` : `d.purpose = 'campaign' and u.campaign_id = ?`;

/** Over which bots, able to send, something is due now: of which campaigns, and (campaignId null) urgent singles. */
export async function dueRuns(db: Database, now: number): Promise<{ campaignId: number | null; botId: number }[]> {
  const rows = (await db('due_deliveries as u')
    .join('deliveries as d', 'd.id', 'u.delivery_id')
    .join('campaigns as g', 'g.id', 'u.campaign_id')
    .join('bots as b', 'b.id', 'u.bot_id')
    .where('b.status', 'connected')
    .where('u.due_at', '<=', now)
    .whereNull('u.lease_owner')
    // Later tries of a mailing wait while it is not being sent.
    .where((q) => void q.whereNot('d.purpose', 'campaign').orWhere('g.state', 'sending'))
    .distinct('u.bot_id', db.raw(`case when d.purpose = 'campaign' then u.campaign_id end as campaign_id`))) as {
    bot_id: number;
    campaign_id: number | null;
  }[];
  return rows.map((row) => ({ campaignId: row.campaign_id, botId: row.bot_id }));
}

/** Gives leased rows back; with an owner, those that are still theirs. */
export async function releaseDue(db: Database, deliveryIds: readonly number[], owner?: string): Promise<void> {
  if (deliveryIds.length === 0) return;
  await db('due_deliveries')
    .whereIn('delivery_id', [...deliveryIds])
    .modify((q) => void (owner !== undefined && q.where({ lease_owner: owner })))
    .update({ lease_owner: null, lease_until: null });
}

/** Takes deliveries out of the table: they are settled. */
export async function removeDue(db: Database, deliveryIds: readonly number[]): Promise<void> {
  if (deliveryIds.length > 0)
    await db('due_deliveries')
      .whereIn('delivery_id', [...deliveryIds])
      .delete();
}

export interface LaterTry {
  deliveryId: number;
  botId: number;
  campaignId: number;
  priority: number;
  dueAt: number;
}

/** Puts deliveries in (or back), free of any lease, to be tried at their time. */
export async function scheduleDue(db: Database, tries: readonly LaterTry[]): Promise<void> {
  if (tries.length === 0) return;
  const columns = ['delivery_id', 'bot_id', 'campaign_id', 'priority', 'due_at'];
  const rows = tries.map((t) => [t.deliveryId, t.botId, t.campaignId, t.priority, t.dueAt]);
  const values = valuesTable(db, 'v', columns, rows);
  const update = isMysql(db)
    ? 'on duplicate key update bot_id = values(bot_id), due_at = values(due_at), lease_owner = null, lease_until = null'
    : 'where true on conflict (delivery_id) do update set bot_id = excluded.bot_id, due_at = excluded.due_at, lease_owner = null, lease_until = null';
  await db.raw(
    `insert into due_deliveries (${columns.join(', ')}) select ${columns.join(', ')} from ${values.sql} ${update}`,
    values.bindings,
  );
}
