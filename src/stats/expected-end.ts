// When mailings will be over, read from the ledger's figures: what the mailings being sent have left, how many calls
// their messages take, and how fast they really went lately.
import { canaryWait } from '../domain/canary.ts';
import { callsPerMessage, forecast, type Stream } from '../domain/forecast.ts';
import { groupBy } from '../domain/group.ts';
import type { MailingSettings } from '../domain/mailing-settings.ts';
import { limits } from '../domain/rate.ts';
import { summarise } from '../domain/stats.ts';
import type { Channel } from '../domain/channel.ts';
import type { Content } from '../domain/message.ts';
import { type Bot, listEveryBot } from '../store/bots.ts';
import { type Campaign, campaignsIn } from '../store/campaigns.ts';
import { MINUTE_MS, readCounters, settledBetween } from '../store/counters.ts';
import type { Database } from '../store/database.ts';
import { contentOf } from '../store/messages.ts';

type Channels = ReadonlyMap<string, Channel>;

/** How far back the real pace is looked at. */
const LATELY_MINUTES = 3;

/** What is being sent at this moment. */
export interface Traffic {
  streams: Stream[];
  speeds: Map<string, number | null>;
  rates: Map<string, number | null>;
  bots: Bot[];
  /** People by mailing: all that were planned, and those still to be sent to. */
  planned: Map<string, number>;
  people: Map<string, number>;
}

/** Nothing here asks what arrived. */
const NO_RECEIPTS = { delivered: false, opened: false };

const keyOf = (campaign: Pick<Campaign, 'publicId'>): string => campaign.publicId;

export async function readTraffic(db: Database, channels: Channels): Promise<Traffic> {
  const bots = await listEveryBot(db);
  const sending = await campaignsIn(db, 'sending');
  const ids = sending.map(({ id }) => id);
  const counters = groupBy(
    (await readCounters(db, ids)).filter(({ buttonId }) => buttonId === ''),
    ({ campaignId }) => campaignId,
  );
  const traffic: Traffic = {
    streams: [],
    speeds: new Map(sending.map((campaign) => [keyOf(campaign), campaign.settings.speed])),
    rates: new Map(bots.map((bot) => [bot.publicId, rateOf(bot, channels)])),
    bots,
    planned: new Map(),
    people: new Map(),
  };
  for (const campaign of sending) {
    const own = counters.get(campaign.id) ?? [];
    const byBot = groupBy(own, ({ botId }) => botId);
    const people = bots.map((bot): [string, number] => [
      bot.publicId,
      summarise(byBot.get(bot.id) ?? [], NO_RECEIPTS).remaining,
    ]);
    traffic.planned.set(keyOf(campaign), summarise(own, NO_RECEIPTS).planned);
    traffic.people.set(
      keyOf(campaign),
      people.reduce((sum, [, count]) => sum + count, 0),
    );
    traffic.streams.push(
      ...streamsOf(keyOf(campaign), Object.fromEntries(people), await contentOf(db, campaign), traffic, channels),
    );
    traffic.rates = ratesWith(traffic, channels, campaign.settings.choices);
  }
  return traffic;
}

/** What a mailing has to send when so many people, by bot, are to get this content. */
export function streamsOf(
  mailing: string,
  people: Readonly<Record<string, number>>,
  content: Content,
  { bots }: Pick<Traffic, 'bots'>,
  channels: Channels,
): Stream[] {
  const calls = new Map([...channels.values()].map((one) => [one.name, callsPerMessage(content, one)]));
  return bots.flatMap(({ publicId, channel }) => {
    const count = people[publicId] ?? 0;
    return count > 0 ? [{ mailing, bot: publicId, calls: count * Math.max(1, calls.get(channel) ?? 1) }] : [];
  });
}

/** Seconds that a mailing which is not being sent yet will take. */
export function expectedDuration(
  traffic: Traffic,
  mailing: { streams: Stream[]; speed: number | null; startsIn: number },
): number {
  const own = '';
  return forecast({
    streams: [...traffic.streams, ...mailing.streams.map((stream) => ({ ...stream, mailing: own }))],
    speeds: new Map([...traffic.speeds, [own, mailing.speed]]),
    rates: traffic.rates,
    mailing: own,
    startsIn: mailing.startsIn,
  });
}

/** When a mailing that is being sent will be over; null while nobody knows for how many people it is. */
export async function expectedEnd(
  db: Database,
  campaign: Campaign,
  traffic: Traffic,
  now: number,
): Promise<number | null> {
  if (campaign.state !== 'sending' || !isPlanned(campaign)) return null;
  const mailing = keyOf(campaign);
  const { canary: state, canaryUntil: until, settings } = campaign;
  const people = traffic.planned.get(mailing) ?? 0;
  const held = canaryWait({ state, until, limits: settings.canary, people, now });
  const observed = await observedRate(db, campaign, traffic, now);
  return now + held + forecast({ ...traffic, mailing, observed }) * 1000;
}

export const isPlanned = ({ planCeiling, planCursor }: Campaign): boolean =>
  planCeiling !== null && (planCursor ?? 0) >= planCeiling;

/** Over whole minutes since it was started or its speed was moved; null while there is none. */
async function observedRate(db: Database, campaign: Campaign, traffic: Traffic, now: number): Promise<number | null> {
  const to = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const since = Math.max(campaign.startedAt ?? 0, campaign.updatedAt);
  const from = Math.max(to - LATELY_MINUTES * MINUTE_MS, Math.ceil(since / MINUTE_MS) * MINUTE_MS);
  if (to <= from) return null;
  const people = await settledBetween(db, campaign.id, from, to);
  if (people === 0) return null;
  const left = traffic.people.get(keyOf(campaign)) ?? 0;
  const calls = traffic.streams.reduce((sum, one) => sum + (one.mailing === keyOf(campaign) ? one.calls : 0), 0);
  return (people * 1000 * (left > 0 ? calls / left : 1)) / (to - from);
}

function rateOf(bot: Bot, channels: Channels, choices: readonly string[] = []): number | null {
  const channel = channels.get(bot.channel);
  return channel ? limits(channel.capabilities, bot.settings, { speed: null, choices }).bot : null;
}

/** The bots' limits as they hold for a mailing that chose something. */
export const ratesWith = (
  { bots, rates }: Pick<Traffic, 'bots' | 'rates'>,
  channels: Channels,
  choices: MailingSettings['choices'],
): Traffic['rates'] =>
  new Map([
    ...rates,
    ...bots
      .filter((bot) => choices[bot.channel] !== undefined)
      .map((bot): [string, number | null] => [bot.publicId, rateOf(bot, channels, choices[bot.channel])]),
  ]);
