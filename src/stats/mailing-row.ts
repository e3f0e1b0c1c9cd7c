// Rows of the mailings table: a campaign with its figures, read from the counters in a few statements however many
// rows are asked for.
import type { Channel } from '../domain/channel.ts';
import type { CampaignState } from '../domain/campaign.ts';
import { groupBy } from '../domain/group.ts';
import { nextStart } from '../domain/repeat.ts';
import { type Figures, type Reporting, summarise } from '../domain/stats.ts';
import { type HeldWait, shownWait } from '../domain/waiting.ts';
import { type Bot, listEveryBot } from '../store/bots.ts';
import type { Campaign } from '../store/campaigns.ts';
import { type Counter, readCounters } from '../store/counters.ts';
import type { Database } from '../store/database.ts';
import { liveSenders } from '../store/senders.ts';
import { staffNames } from '../store/statistics.ts';
import { readWaits } from '../store/waits.ts';
import { expectedEnd, isPlanned, readTraffic } from './expected-end.ts';

export type Channels = ReadonlyMap<string, Channel>;

export interface MailingRow {
  id: string;
  name: string;
  state: CampaignState;
  reason: string | null;
  planningDone: boolean;
  waiting: HeldWait | null;
  dueAt: number | null;
  zone: string | null;
  startedAt: number | null;
  finishedAt: number | null;
  expectedEndAt: number | null;
  repeats: boolean;
  starts: number;
  nextStartAt: number | null;
  channels: string[];
  figures: Figures;
  author: string | null;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
}

export async function mailingRows(
  db: Database,
  campaigns: readonly Campaign[],
  channels: Channels,
  now: number,
): Promise<MailingRow[]> {
  if (campaigns.length === 0) return [];
  const bots = new Map((await listEveryBot(db)).map((bot) => [bot.id, bot]));
  const counters = groupBy(
    await readCounters(
      db,
      campaigns.map(({ id }) => id),
    ),
    ({ campaignId }) => campaignId,
  );
  const waiting = await waitsFor(db, campaigns, now);
  const ends = await expectedEnds(db, campaigns, channels, now);
  const staff = await staffNames(
    db,
    campaigns.flatMap(({ staffId }) => staffId ?? []),
  );
  return campaigns.map((campaign) => {
    const counts = totalsOf(counters.get(campaign.id) ?? []);
    const involved = involvedBots(campaign, counts, bots);
    return {
      id: campaign.publicId,
      name: campaign.name,
      state: campaign.state,
      reason: campaign.reason,
      planningDone: isPlanned(campaign),
      waiting: waiting(campaign, involved),
      dueAt: campaign.dueAt,
      zone: campaign.settings.when.mode === 'at' ? campaign.settings.when.zone : null,
      startedAt: campaign.startedAt,
      finishedAt: campaign.finishedAt,
      expectedEndAt: ends.get(campaign.id) ?? null,
      repeats: campaign.settings.repeat !== null,
      starts: campaign.starts,
      nextStartAt: nextStartOf(campaign, now),
      channels: [...new Set(involved.map(({ channel }) => channel))].sort(),
      figures: figuresOver(involved, counts, channels),
      author: campaign.staffId === null ? null : (staff.get(campaign.staffId) ?? null),
      createdAt: campaign.createdAt,
      updatedAt: campaign.updatedAt,
      deletedAt: campaign.deletedAt,
    };
  });
}

type Waiting = (campaign: Campaign, involved: readonly Bot[]) => HeldWait | null;

/** Asked only where there is a mailing that could wait. */
async function waitsFor(db: Database, campaigns: readonly Campaign[], now: number): Promise<Waiting> {
  const open = campaigns.filter(({ state }) => state === 'sending' || state === 'scheduled');
  if (open.length === 0) return () => null;
  const senders = (await liveSenders(db)).length;
  const noted = await readWaits(
    db,
    open.map(({ id }) => id),
  );
  return (campaign, involved) =>
    shownWait({
      state: campaign.state,
      dueAt: campaign.dueAt,
      movedAt: campaign.startedAt ?? campaign.updatedAt,
      senders,
      noted: noted.get(campaign.id) ?? [],
      lastSentAt: Math.max(0, ...involved.map(({ lastOutboundAt }) => lastOutboundAt ?? 0)),
      now,
    });
}

/** Counters over all buttons; those of single buttons would count twice. */
export const totalsOf = (counters: readonly Counter[]): Counter[] => counters.filter(({ buttonId }) => buttonId === '');

/** The bots a mailing goes over: those it planned for, else those its settings name. */
export function involvedBots(campaign: Campaign, counts: readonly Counter[], bots: ReadonlyMap<number, Bot>): Bot[] {
  const planned = new Set(counts.filter(({ value }) => value !== 0).map(({ botId }) => botId));
  if (planned.size > 0) return [...planned].flatMap((id) => bots.get(id) ?? []);
  const { via } = campaign.settings;
  return via.mode === 'main' ? [] : [...bots.values()].filter(({ publicId }) => via.bots.includes(publicId));
}

/** What at least one of the channels involved reports. */
export function reportingOf(bots: readonly Bot[], channels: Channels): Reporting {
  const receipts = bots.flatMap(({ channel }) => channels.get(channel)?.capabilities.receipts ?? []);
  return { delivered: receipts.some(({ delivered }) => delivered), opened: receipts.some(({ opened }) => opened) };
}

/**
 * The figures over some bots. A message that was opened was delivered, too: of a bot whose channel reports only the one, the
 * other stays out of the sum, as its messages stay out of the base of the rate.
 */
export function figuresOver(bots: readonly Bot[], counts: readonly Counter[], channels: Channels): Figures {
  const reporting = new Map(bots.map((bot) => [bot.id, reportingOf([bot], channels)]));
  const reported = counts.filter(({ botId, figure }) => {
    const own = reporting.get(botId);
    return (figure !== 'delivered' && figure !== 'opened') || own === undefined || own[figure];
  });
  return summarise(reported, reportingOf(bots, channels));
}

/** While one start is under way or stopped: the one after it. */
function nextStartOf(campaign: Campaign, now: number): number | null {
  const { state, dueAt, starts, settings } = campaign;
  if (state === 'scheduled') return dueAt;
  if ((state !== 'sending' && state !== 'stopped') || settings.repeat === null || dueAt === null) return null;
  return nextStart(settings.repeat, { after: Math.max(now, dueAt), starts });
}

/** Of those that are being sent; nothing is read where there are none. */
async function expectedEnds(
  db: Database,
  campaigns: readonly Campaign[],
  channels: Channels,
  now: number,
): Promise<Map<number, number | null>> {
  const ends = new Map<number, number | null>();
  const sending = campaigns.filter(({ state }) => state === 'sending');
  if (sending.length === 0) return ends;
  const traffic = await readTraffic(db, channels);
  for (const campaign of sending) ends.set(campaign.id, await expectedEnd(db, campaign, traffic, now));
  return ends;
}
