// One step of planning: the people within a range of ids become deliveries, the cursor moves, slices are cut and
// counters raised in one transaction. The cursor is moved first and conditionally, so a second planner stops there.
import type { Database } from './database.ts';
import { type AudienceInsert, audienceInsert } from './audience.ts';
import { bump } from './counters.ts';
import { cutSlices } from './slices.ts';
import { transact } from './transact.ts';

/** Null when the cursor stood elsewhere or the campaign is not being sent: someone else goes on, or nobody. */
export async function planRange(db: Database, range: AudienceInsert): Promise<number | null> {
  return transact(db, async (trx) => {
    const moved = await trx('campaigns')
      .where({ id: range.campaignId, state: 'sending', plan_cursor: range.from })
      .update({ plan_cursor: range.to });
    if (moved === 0) return null;
    const last = (await trx('deliveries').where({ campaign_id: range.campaignId }).max('id as id').first()) as {
      id: number | null;
    };
    const planned = await audienceInsert(trx, range);
    if (planned > 0) {
      const after = last.id ?? 0;
      await cutSlices(trx, range.campaignId, after);
      const counts = (await trx('deliveries')
        .where({ campaign_id: range.campaignId, purpose: 'campaign' })
        .where('id', '>', after)
        .groupBy('bot_id')
        .select('bot_id')
        .count('* as count')) as { bot_id: number; count: number | string }[];
      await bump(
        trx,
        counts.map((row) => ({
          campaignId: range.campaignId,
          botId: row.bot_id,
          figure: 'planned',
          by: Number(row.count),
        })),
      );
    }
    return planned;
  });
}

/** The highest subscriber: whoever comes later is not of this mailing. */
export async function highestSubscriber(db: Database): Promise<number> {
  const row = (await db('subscribers').max('id as id').first()) as { id: number | null };
  return row.id ?? 0;
}
