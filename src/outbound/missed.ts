// Of mailings by local time that are under way: a zone whose hour was missed by more than the latest minutes, because
// nobody could send meanwhile, is not sent to by itself. The mailing stops and asks, as one that could not start does.
import { Problem } from '../domain/problem.ts';
import { campaignsIn, moveCampaign, TOO_LATE } from '../store/campaigns.ts';
import { missedZoneSince } from '../store/missed.ts';
import type { OutboundDeps } from './context.ts';

const MINUTE_MS = 60_000;

export async function stopMissed({ db, log, bus, now }: OutboundDeps): Promise<void> {
  for (const { id, publicId, settings, lateAccepted, canary } of await campaignsIn(db, 'sending')) {
    if (settings.when.mode !== 'person' || settings.latest === null || lateAccepted) continue;
    // A careful start holds the others back on purpose.
    if (canary === 'running' || canary === 'watching') continue;
    if ((await missedZoneSince(db, id, now() - settings.latest * MINUTE_MS)) === null) continue;
    try {
      await moveCampaign(db, id, 'stop', { now: now(), reason: TOO_LATE });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      continue;
    }
    log.warn({ event: 'campaign.too_late', campaign: publicId });
    bus.publish('campaign', { id: publicId });
    bus.publish('live');
  }
}
