// Ends planned deliveries that must not go out: unsubscribed or blocked meanwhile, or no message for their channel; or that
// cannot, which is a failure. What only a connection stands against goes on over the person's next one.
import { allowsFallback } from '../domain/fallback.ts';
import { FAULT_REASONS, type FaultReason, type SkipReason } from '../domain/delivery.ts';
import { groupBy } from '../domain/group.ts';
import { bump, type CounterChange } from './counters.ts';
import type { Database } from './database.ts';
import { removeDue } from './due.ts';
import { countsOf, moveOn, whereNext } from './fallback.ts';
import { transact } from './transact.ts';

export interface Skip {
  id: number;
  reason: SkipReason | FaultReason;
}

const stateFor = (reason: string): 'failed' | 'skipped' =>
  (FAULT_REASONS as readonly string[]).includes(reason) ? 'failed' : 'skipped';

/** Only those that are still planned: one that went out after all must not be counted twice. */
export async function skipDeliveries(db: Database, skips: readonly Skip[], now: number): Promise<void> {
  if (skips.length === 0) return;
  const { moves, ends } = await whereNext(
    db,
    skips.flatMap(({ id, reason }) => (allowsFallback(reason) ? [{ id, reason }] : [])),
  );
  await transact(db, async (trx) => {
    const planned = await lockPlanned(
      trx,
      skips.map(({ id }) => id),
    );
    const moving = [...planned.values()].flatMap(({ id, bot_id: botId }) => {
      const move = moves.get(id);
      return move?.from.botId === botId ? [move] : [];
    });
    const ending = skips.filter(({ id }) => planned.has(id) && !moves.has(id));
    for (const [reason, group] of groupBy(ending, (skip) => ends.get(skip.id) ?? skip.reason)) {
      await trx('deliveries')
        .whereIn(
          'id',
          group.map(({ id }) => id),
        )
        .update({ state: stateFor(reason), reason, settled_at: now });
    }
    await bump(trx, [
      ...ending.flatMap(({ id, reason }): CounterChange[] => {
        const row = planned.get(id);
        if (row?.purpose !== 'campaign') return [];
        const figure = stateFor(reason);
        const minute = figure === 'failed' ? { at: now } : {};
        return [{ campaignId: row.campaign_id, botId: row.bot_id, figure, by: 1, ...minute }];
      }),
      ...moving.flatMap(countsOf),
    ]);
    await removeDue(
      trx,
      skips.map(({ id }) => id).filter((id) => !moves.has(id)),
    );
    await moveOn(trx, moving, now);
  });
}

interface PlannedRow {
  id: number;
  campaign_id: number;
  bot_id: number;
  purpose: string;
}

async function lockPlanned(trx: Database, ids: number[]): Promise<Map<number, PlannedRow>> {
  const rows: PlannedRow[] = await trx('deliveries')
    .whereIn('id', ids)
    .where({ state: 'planned' })
    .forUpdate()
    .select('id', 'campaign_id', 'bot_id', 'purpose');
  return new Map(rows.map((row) => [row.id, row]));
}
