// Starts the scheduled mailings whose time has come: fixes the ceiling of planning and the version that is sent. One
// that cannot start fails with its reason, one that is too late stops and asks; in both cases nobody gets anything.
import { type Content, messageFor } from '../domain/message.ts';
import { Problem } from '../domain/problem.ts';
import { decideStart, type StartDecision } from '../domain/start.ts';
import { botWait, waitOfBots } from '../domain/waiting.ts';
import { type Bot, listBots } from '../store/bots.ts';
import { type Campaign, dueCampaigns, moveCampaign, TOO_LATE } from '../store/campaigns.ts';
import { newestVersion } from '../store/messages.ts';
import { highestSubscriber } from '../store/planning.ts';
import type { OutboundDeps } from './context.ts';
import type { Waits } from './waits.ts';

/** Answers how many mailings it moved. */
export async function startDue(deps: OutboundDeps, waits: Waits): Promise<number> {
  let moved = 0;
  for (const campaign of await dueCampaigns(deps.db, deps.now())) {
    try {
      const event = await start(deps, campaign, waits);
      if (event === null) continue;
      moved += 1;
      deps.log.info({ event: `campaign.${event}`, campaign: campaign.publicId });
      announce(deps.bus, campaign);
    } catch (error) {
      // Another sender started it, or a person took it back, in this very moment.
      if (!(error instanceof Problem)) throw error;
    }
  }
  return moved;
}

/** What became of it; null: it waits for a bot that may send. */
async function start(deps: OutboundDeps, campaign: Campaign, waits: Waits): Promise<string | null> {
  const { db, now } = deps;
  const { starts, lateAccepted, settings } = campaign;
  const decision = decideStart({ dueAt: campaign.dueAt ?? now(), starts, lateAccepted, settings }, now());
  if (decision.kind !== 'start') return postpone(deps, campaign, decision);
  const version = await newestVersion(db, campaign.messageId);
  const bots = await usableBots(deps, campaign, version.content);
  if (typeof bots === 'string') {
    await moveCampaign(db, campaign.id, 'fail', { now: now(), reason: bots });
    return 'failed';
  }
  // Planned only when something can go out: the audience is that of the moment, and too late is still too late.
  const wait = waitOfBots(bots.map((bot) => botWait({ ...bot, closedUntil: null, isAway: false }, now())));
  if (wait && !lateAccepted) {
    waits.note(campaign.id, wait.code, wait.params);
    return null;
  }
  for (const code of ['bot_attention', 'bot_paused'] as const) waits.clear(campaign.id, code);
  await moveCampaign(db, campaign.id, 'start', {
    now: now(),
    dueAt: decision.dueAt,
    occurrence: decision.occurrence,
    planCeiling: await highestSubscriber(db),
    messageVersionId: version.id,
  });
  return 'started';
}

async function postpone(
  { db, now }: OutboundDeps,
  { id }: Campaign,
  { kind, dueAt }: Exclude<StartDecision, { kind: 'start' }>,
): Promise<string> {
  if (kind === 'ask') await moveCampaign(db, id, 'ask', { now: now(), dueAt, reason: TOO_LATE });
  else await moveCampaign(db, id, 'wait', { now: now(), dueAt });
  return kind === 'ask' ? 'too_late' : 'start_missed';
}

/** The bots it may go over, or why there is no point in starting. */
async function usableBots(
  { db }: OutboundDeps,
  { settings: { via } }: Campaign,
  content: Content,
): Promise<Bot[] | 'no_bot' | 'no_content'> {
  const bots = (await listBots(db)).filter((bot) => via.mode === 'main' || via.bots.includes(bot.publicId));
  if (bots.length === 0) return 'no_bot';
  const written = bots.filter((bot) => messageFor(content, bot.channel) !== null);
  return written.length > 0 ? written : 'no_content';
}

function announce(bus: OutboundDeps['bus'], campaign: Campaign): void {
  bus.publish('campaign', { id: campaign.publicId });
  bus.publish('live');
}
