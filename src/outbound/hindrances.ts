// What keeps the mailings being sent from moving, as far as this sender can see by itself: bots that may not send,
// messengers that are away or asked for a pause, work no bot here can take, planning that has yielded nothing so far.
import { botWait, hostWait, pickWait, type Wait, waitOfBots } from '../domain/waiting.ts';
import { type Resting, restingCampaigns } from '../store/quiet.ts';
import { openWork } from '../store/waits.ts';
import type { LiveBot, LiveBots } from './bots.ts';
import type { OutboundDeps } from './context.ts';
import type { LiveMailing } from './mailings.ts';

export interface AtWork {
  mailings: readonly LiveMailing[];
  bots: LiveBots;
  /** The bots over which a lane of this mailing is open here. */
  lanesOf(campaignId: number): readonly number[];
  isPlanning(campaignId: number): boolean;
}

/** By campaign; one that is not in it moves, or may. */
export async function hindrances(
  { db, now }: Pick<OutboundDeps, 'db' | 'now'>,
  { mailings, bots, lanesOf, isPlanning }: AtWork,
): Promise<Map<number, Wait>> {
  const waitOf = (botId: number): Wait | null => {
    const bot = bots.get(botId);
    return bot ? botWait(factsOf(bot, now()), now()) : { code: 'nobody_takes', params: {} };
  };
  const closedHost = (botIds: readonly number[]): Wait | null =>
    pickWait(
      botIds.flatMap((botId) => {
        const closed = bots.get(botId)?.hosts?.closed(now());
        return closed ? [hostWait(closed)] : [];
      }),
    );
  const still = mailings
    .map(({ campaign }) => campaign.id)
    .filter((id) => !lanesOf(id).some((botId) => waitOf(botId) === null));
  if (still.length === 0) return new Map();
  const open = await openWork(db, still);
  const resting = await restingCampaigns(db, still, now());
  return new Map(
    still.flatMap((id): [number, Wait][] => {
      const botIds = open.filter(({ campaignId }) => campaignId === id).map(({ botId }) => botId);
      if (botIds.length === 0) return isPlanning(id) ? [[id, { code: 'planning', params: {} }]] : [];
      const wait = waitOfBots(botIds.map(waitOf)) ?? closedHost(botIds) ?? restOf(resting.get(id));
      return wait ? [[id, wait]] : [];
    }),
  );
}

const restOf = (resting: Resting | undefined): Wait | null =>
  resting ? { code: resting.quiet ? 'quiet_hours' : 'not_due', params: { until: resting.until } } : null;

const factsOf = ({ row, gate, reach }: LiveBot, now: number): Parameters<typeof botWait>[0] => ({
  publicId: row.publicId,
  name: row.name,
  channel: row.channel,
  status: row.status,
  closedUntil: gate.isClosed() ? Math.max(now, gate.closedUntil()) : null,
  isAway: reach.isAway(),
});
