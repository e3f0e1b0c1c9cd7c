// Starts the scheduled mailings whose time has come: fixes the ceiling of planning and the version that is sent. One
// that cannot start fails with its reason, and nobody gets anything.
import { messageFor } from '../domain/message.ts';
import { Problem } from '../domain/problem.ts';
import { listBots } from '../store/bots.ts';
import { type Campaign, dueCampaigns, moveCampaign } from '../store/campaigns.ts';
import { newestVersion } from '../store/messages.ts';
import { highestSubscriber } from '../store/planning.ts';
import type { OutboundDeps } from './context.ts';

/** Answers how many mailings it moved. */
export async function startDue({ db, log, bus, now }: OutboundDeps): Promise<number> {
  let moved = 0;
  for (const campaign of await dueCampaigns(db, now())) {
    const version = await newestVersion(db, campaign.messageId);
    const { via } = campaign.settings;
    const bots = (await listBots(db)).filter((bot) => via.mode === 'main' || via.bots.includes(bot.publicId));
    const channels = new Set(bots.map((bot) => bot.channel));
    const hasContent = [...channels].some((channel) => messageFor(version.content, channel) !== null);
    const reason = channels.size === 0 ? 'no_bot' : hasContent ? null : 'no_content';
    try {
      if (reason) await moveCampaign(db, campaign.id, 'fail', { now: now(), reason });
      else {
        const planCeiling = await highestSubscriber(db);
        await moveCampaign(db, campaign.id, 'start', { now: now(), planCeiling, messageVersionId: version.id });
      }
      moved += 1;
      log.info({ event: reason ? 'campaign.failed' : 'campaign.started', campaign: campaign.publicId, reason });
      announce(bus, campaign);
    } catch (error) {
      // Another sender started it, or a person took it back, in this very moment.
      if (!(error instanceof Problem)) throw error;
    }
  }
  return moved;
}

function announce(bus: OutboundDeps['bus'], campaign: Campaign): void {
  bus.publish('campaign', { id: campaign.publicId });
  bus.publish('live');
}
