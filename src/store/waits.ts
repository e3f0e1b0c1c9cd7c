// What each sender says a mailing waits for. Only what living senders say counts; what the gone have left is swept up.
import type { HeldWait, WaitCode, WaitParams } from '../domain/waiting.ts';
import { clockSql } from './clock.ts';
import { type Database, readJson } from './database.ts';
import { ALIVE_MS } from './senders.ts';
import { transact } from './transact.ts';

export interface WaitChange {
  campaignId: number;
  /** Null: it waits no more. */
  wait: HeldWait | null;
}

/** Writes what changed for one sender. */
export async function saveWaits(
  db: Database,
  sender: string,
  changes: readonly WaitChange[],
  now: number,
): Promise<void> {
  if (changes.length === 0) return;
  await transact(db, async (trx) => {
    await trx('campaign_waits')
      .where({ sender })
      .whereIn(
        'campaign_id',
        changes.map(({ campaignId }) => campaignId),
      )
      .delete();
    const rows = changes.flatMap(({ campaignId, wait }) =>
      wait === null
        ? []
        : [
            {
              campaign_id: campaignId,
              sender,
              code: wait.code,
              params: JSON.stringify(wait.params),
              since: wait.since,
              seen_at: now,
            },
          ],
    );
    if (rows.length > 0) await trx('campaign_waits').insert(rows);
  });
}

/** Of living senders, by campaign: those asked for, or all. */
export async function readWaits(db: Database, campaignIds?: readonly number[]): Promise<Map<number, HeldWait[]>> {
  const rows = (await db('campaign_waits as w')
    .join('senders as p', 'p.id', 'w.sender')
    .whereRaw(`p.seen_at >= ${clockSql(db)} - ${ALIVE_MS}`)
    .modify((q) => void (campaignIds && q.whereIn('w.campaign_id', [...campaignIds])))
    .orderBy(['w.campaign_id', 'w.sender'])
    .select('w.campaign_id', 'w.code', 'w.params', 'w.since')) as {
    campaign_id: number;
    code: WaitCode;
    params: unknown;
    since: number | string;
  }[];
  const waits = new Map<number, HeldWait[]>();
  for (const row of rows) {
    const known = waits.get(row.campaign_id) ?? [];
    known.push({ code: row.code, params: readJson<WaitParams>(row.params), since: Number(row.since) });
    waits.set(row.campaign_id, known);
  }
  return waits;
}

/** Takes away what senders said that are not registered any more. */
export async function sweepWaits(db: Database): Promise<void> {
  await db('campaign_waits')
    .whereNotIn(
      'sender',
      db('senders')
        .whereRaw(`seen_at >= ${clockSql(db)} - ${ALIVE_MS}`)
        .select('id'),
    )
    .delete();
}

/** Over which bots something of these campaigns is still to be sent, able to send or not. */
export async function openWork(
  db: Database,
  campaignIds: readonly number[],
): Promise<{ campaignId: number; botId: number }[]> {
  const slices = db('slices')
    .whereIn('campaign_id', [...campaignIds])
    .where('done', 0)
    .distinct('campaign_id', 'bot_id');
  const singles = db('due_deliveries as u')
    .join('deliveries as d', 'd.id', 'u.delivery_id')
    .whereIn('u.campaign_id', [...campaignIds])
    .where('d.purpose', 'campaign')
    .distinct('u.campaign_id', 'u.bot_id');
  const rows = [...(await slices), ...(await singles)] as { campaign_id: number; bot_id: number }[];
  return rows.map((row) => ({ campaignId: row.campaign_id, botId: row.bot_id }));
}
