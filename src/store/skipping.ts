// Ends planned deliveries that must not go out: unsubscribed or blocked meanwhile, or no message for their channel.
import type { SkipReason } from '../domain/delivery.ts';
import { bump } from './counters.ts';
import type { Database } from './database.ts';
import { removeDue } from './due.ts';
import { transact } from './transact.ts';

export interface Skip {
  id: number;
  campaignId: number;
  botId: number;
  reason: SkipReason;
}

/** Conditional, row by row: there are few, and one that went out after all must not be counted twice. */
export async function skipDeliveries(db: Database, skips: readonly Skip[], now: number): Promise<void> {
  if (skips.length === 0) return;
  await transact(db, async (trx) => {
    const counted: Skip[] = [];
    for (const skip of skips) {
      const planned = trx('deliveries').where({ id: skip.id, state: 'planned' });
      const campaign = await planned.clone().where({ purpose: 'campaign' }).first('id');
      const changed = await planned.clone().update({ state: 'skipped', reason: skip.reason, settled_at: now });
      if (changed === 1 && campaign) counted.push(skip);
    }
    await bump(
      trx,
      counted.map((skip) => ({ campaignId: skip.campaignId, botId: skip.botId, figure: 'skipped', by: 1 })),
    );
    await removeDue(
      trx,
      skips.map((skip) => skip.id),
    );
  });
}
