// What people decide about a mailing that waits for them: let it go on, give up the rest of a start, end a series.
import type { Campaign } from './campaign-row.ts';
import { Problem } from '../domain/problem.ts';
import { nextStart } from '../domain/repeat.ts';
import { moveCampaign } from './campaigns.ts';
import { bump } from './counters.ts';
import type { Database } from './database.ts';
import { removeDue } from './due.ts';
import { inSlice, SLICE_COLUMNS, toSlice } from './slices.ts';
import { transact } from './transact.ts';

/** Nothing of its present start has been planned. */
const isUnplanned = ({ planCeiling }: Campaign): boolean => planCeiling === null;

/** Where it stopped; a start that stopped for being late begins now. */
export const continueCampaign = (db: Database, campaign: Campaign, now: number): Promise<Campaign> =>
  moveCampaign(db, campaign.id, campaign.state === 'stopped' && isUnplanned(campaign) ? 'accept' : 'continue', { now });

/** Takes a mailing back that has not begun; of a repeated one that has, it ends the series. */
export async function unscheduleCampaign(db: Database, campaign: Campaign, now: number): Promise<Campaign> {
  const { id, state, starts } = campaign;
  if (starts > 0 && campaign.settings.repeat !== null && (state === 'scheduled' || state === 'stopped')) {
    await cancelRemaining(db, campaign, now);
    return moveCampaign(db, id, 'end', { now });
  }
  if (state === 'stopped' && !isUnplanned(campaign))
    throw new Problem('campaign_state', { state, command: 'unschedule' });
  return moveCampaign(db, id, 'unschedule', { now });
}

/** Gives up what remains of a stopped start; the series goes on with the next one, if there is one. */
export async function skipStart(db: Database, campaign: Campaign, now: number): Promise<Campaign> {
  const { id, state, starts, settings } = campaign;
  if (settings.repeat === null || state !== 'stopped') throw new Problem('campaign_state', { state, command: 'skip' });
  await cancelRemaining(db, campaign, now);
  const dueAt = nextStart(settings.repeat, { after: now, starts });
  return dueAt === null ? moveCampaign(db, id, 'end', { now }) : moveCampaign(db, id, 'skip', { now, dueAt });
}

/**
 * Whoever has not been sent to gets nothing any more. Slice by slice, so that a long mailing does not hold up others;
 * interrupted, it is simply asked for once more. Not while a sender still has some of it in hand.
 */
async function cancelRemaining(db: Database, { id: campaignId, state }: Campaign, now: number): Promise<void> {
  const slices = (await db('slices')
    .where({ campaign_id: campaignId, done: 0 })
    .select(...SLICE_COLUMNS)) as Parameters<typeof toSlice>[0][];
  for (const slice of slices.map(toSlice)) {
    await transact(db, async (trx) => {
      const free = await trx('slices').where({ id: slice.id }).whereNull('lease_owner').update({ done: 1 });
      if (free === 0) throw new Problem('campaign_busy', { state });
      await cancel(trx, inSlice(trx, slice).where({ purpose: 'campaign', state: 'planned' }), now);
    });
  }
  await transact(db, async (trx) => {
    const ids = (await trx('due_deliveries as u')
      .join('deliveries as d', 'd.id', 'u.delivery_id')
      .where({ 'u.campaign_id': campaignId, 'd.purpose': 'campaign' })
      .whereNull('u.lease_owner')
      .pluck('u.delivery_id')) as number[];
    await cancel(trx, trx('deliveries').whereIn('id', ids).where({ state: 'planned' }), now);
    await removeDue(trx, ids);
  });
}

async function cancel(trx: Database, planned: ReturnType<typeof inSlice>, now: number): Promise<void> {
  const rows = (await planned.clone().forUpdate().select('id', 'campaign_id', 'bot_id')) as {
    id: number;
    campaign_id: number;
    bot_id: number;
  }[];
  if (rows.length === 0) return;
  await planned.clone().update({ state: 'cancelled', settled_at: now });
  await bump(
    trx,
    rows.map((row) => ({ campaignId: row.campaign_id, botId: row.bot_id, figure: 'cancelled', by: 1 })),
  );
}
