// Ends planned deliveries that must not go out: unsubscribed or blocked meanwhile, or no message for their channel.
import type { SkipReason } from '../domain/delivery.ts';
import { bump, type CounterChange } from './counters.ts';
import type { Database } from './database.ts';
import { removeDue } from './due.ts';
import { transact } from './transact.ts';

export interface Skip {
  id: number;
  reason: SkipReason;
}

/** Conditional, row by row: there are few, and one that went out after all must not be counted twice. */
export async function skipDeliveries(db: Database, skips: readonly Skip[], now: number): Promise<void> {
  if (skips.length === 0) return;
  await transact(db, async (trx) => {
    const counted: CounterChange[] = [];
    for (const { id, reason } of skips) {
      const planned = trx('deliveries').where({ id, state: 'planned' });
      const row = (await planned.clone().forUpdate().first('campaign_id', 'bot_id', 'purpose')) as
        | SkippedRow
        | undefined;
      if (!row) continue;
      await planned.clone().update({ state: 'skipped', reason, settled_at: now });
      if (row.purpose === 'campaign')
        counted.push({ campaignId: row.campaign_id, botId: row.bot_id, figure: 'skipped', by: 1 });
    }
    await bump(trx, counted);
    await removeDue(
      trx,
      skips.map((skip) => skip.id),
    );
  });
}

interface SkippedRow {
  campaign_id: number;
  bot_id: number;
  purpose: string;
}
