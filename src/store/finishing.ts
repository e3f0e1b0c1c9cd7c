// When a mailing is over, and when it opens again. Both lock the campaign's row first, so that one cannot be called sent
// in the moment in which some of its deliveries are planned anew.
import { type CampaignState, canMove } from '../domain/campaign.ts';
import { startAfter } from '../domain/start.ts';
import { getCampaignById, moveCampaign } from './campaigns.ts';
import type { Database } from './database.ts';
import { countOpen, reopenOrphans } from './orphans.ts';
import { transact } from './transact.ts';

/**
 * Calls a mailing sent if nothing of it remains, or has it wait for its next start; answers what it is then. Nobody is
 * left behind: where the figures say that somebody's fate is open, `orphans` are looked for first.
 */
export async function finishCampaign(
  db: Database,
  id: number,
  now: number,
): Promise<'sent' | 'scheduled' | 'orphans' | null> {
  // Asked without a lock first: most often something remains.
  if (!(await nothingRemains(db, id))) return null;
  if ((await countOpen(db, id)) > 0 && (await reopenOrphans(db, id)) > 0) return 'orphans';
  return transact(db, async (trx) => {
    const state = await lockCampaign(trx, id);
    if (!canMove(state, 'finish') || !(await nothingRemains(trx, id))) return null;
    const next = startAfter(await getCampaignById(trx, id));
    if (next === null) await moveCampaign(trx, id, 'finish', { now });
    else await moveCampaign(trx, id, 'rest', { now, dueAt: next });
    return next === null ? 'sent' : 'scheduled';
  });
}

/**
 * Opens a mailing that was called sent, or waits between two starts; one that is being sent or stopped takes up what is
 * planned by itself.
 */
export async function reopenCampaign(trx: Database, id: number, now: number): Promise<void> {
  if (canMove(await lockCampaign(trx, id), 'reopen')) await moveCampaign(trx, id, 'reopen', { now });
}

/** A locking read first: on MySQL an ordinary one would fix what the rest of the transaction sees. */
async function lockCampaign(trx: Database, id: number): Promise<CampaignState> {
  return ((await trx('campaigns').where({ id }).forUpdate().first('state')) as { state: CampaignState }).state;
}

/** Is planning over, and does nothing of this campaign wait, neither in a slice nor for a later try? */
async function nothingRemains(db: Database, campaignId: number): Promise<boolean> {
  const remaining = await db('campaigns as g')
    .where('g.id', campaignId)
    .where(
      (q) =>
        void q
          .whereRaw('g.plan_cursor < g.plan_ceiling')
          .orWhereExists((sub) => void sub.from('slices as l').whereRaw('l.campaign_id = g.id and l.done = 0'))
          .orWhereExists(
            (sub) =>
              void sub
                .from('due_deliveries as u')
                .join('deliveries as d', 'd.id', 'u.delivery_id')
                .whereRaw(`u.campaign_id = g.id and d.purpose = 'campaign'`),
          ),
    )
    .first('g.id');
  return remaining === undefined;
}
