// Everything the Statistics tab of one mailing shows. Figures come from the counters; only the reasons of failure are
// counted from the ledger.
import { PASSING_REASONS } from '../domain/delivery.ts';
import { groupBy } from '../domain/group.ts';
import type { LinkKind } from '../domain/links.ts';
import { type Figures, seriesOf, type Series } from '../domain/stats.ts';
import { translate } from '../i18n.ts';
import { listEveryBot } from '../store/bots.ts';
import type { Campaign } from '../store/campaigns.ts';
import { type Counter, readCounters, readMinutes } from '../store/counters.ts';
import { listLinks, type StoredLink } from '../store/links.ts';
import { countReasons, type ReasonCount } from '../store/statistics.ts';
import type { Database } from '../store/database.ts';
import { canaryReport, type CanaryReport, type CountCanary } from './canary.ts';
import { type Channels, figuresOver, involvedBots, reportingOf, totalsOf } from './mailing-row.ts';

export interface Statistics {
  figures: Figures;
  byChannel: { channel: string; figures: Figures }[];
  byButton: ButtonFigures[];
  failures: { reason: string; explanation: string; people: number; retryable: boolean }[];
  skips: { reason: string; explanation: string; people: number }[];
  series: Series;
  reporting: { channel: string; delivered: boolean; opened: boolean }[];
  canary: CanaryReport | null;
}

interface ButtonFigures {
  buttonId: string;
  kind: LinkKind;
  label: string;
  channel: string;
  people: number;
  clicks: number;
  orders: number;
  sales: number;
}

export async function statistics(
  db: Database,
  campaign: Campaign,
  channels: Channels,
  { language, countCanary, signal }: { language: string; countCanary: CountCanary; signal?: AbortSignal },
): Promise<Statistics> {
  const bots = new Map((await listEveryBot(db)).map((bot) => [bot.id, bot]));
  const counters = await readCounters(db, [campaign.id]);
  const counts = totalsOf(counters);
  const involved = involvedBots(campaign, counts, bots);
  const channelOf = ({ botId }: Counter): string => bots.get(botId)?.channel ?? '';
  const byChannel = groupBy(involved, ({ channel }) => channel);
  const figures = figuresOver(involved, counts, channels);
  const reasons = figures.failed + figures.skipped > 0 ? await countReasons(db, campaign.id, signal) : [];
  return {
    figures,
    byChannel: [...byChannel].map(([channel, own]) => ({
      channel,
      figures: figuresOver(
        own,
        counts.filter((count) => channelOf(count) === channel),
        channels,
      ),
    })),
    byButton: buttonFigures(await listLinks(db, campaign.id), counters, channelOf),
    failures: reasons
      .filter(({ state }) => state === 'failed')
      .map((reason) => ({ ...explain(reason, language), retryable: passes(reason) })),
    skips: reasons.filter(({ state }) => state === 'skipped').map((reason) => explain(reason, language)),
    series: seriesOf(await readMinutes(db, campaign.id)),
    reporting: [...byChannel].map(([channel, own]) => ({ channel, ...reportingOf(own, channels) })),
    canary: await canaryReport(campaign, countCanary, reportingOf(involved, channels)),
  };
}

const explain = (
  { reason, people }: ReasonCount,
  language: string,
): { reason: string; explanation: string; people: number } => ({
  reason,
  explanation: translate(language, `server:reasons.${reason || 'unknown'}`),
  people,
});

const passes = ({ reason }: ReasonCount): boolean => PASSING_REASONS.some((passing) => passing === reason);

const FIGURES_OF_KIND = {
  link: ['link_people', 'link_clicks'],
  inline: ['link_people', 'link_clicks'],
  message: ['button_people', 'button_clicks'],
  buy: ['buy_people', 'buy_clicks'],
} as const satisfies Record<LinkKind, readonly [string, string]>;

/** One line per button and channel; a button whose label changed keeps its newest. */
function buttonFigures(
  links: readonly StoredLink[],
  counters: readonly Counter[],
  channelOf: (counter: Counter) => string,
): ButtonFigures[] {
  const newest = new Map(links.map((link) => [`${link.channel} ${link.buttonId}`, link]));
  return [...newest.values()].map(({ buttonId, kind, label, channel }) => {
    const own = counters.filter((counter) => counter.buttonId === buttonId && channelOf(counter) === channel);
    const sum = (figure: string): number =>
      own.filter((counter) => counter.figure === figure).reduce((total, { value }) => total + value, 0);
    const [people, clicks] = FIGURES_OF_KIND[kind];
    return {
      buttonId,
      kind,
      label,
      channel,
      people: sum(people),
      clicks: sum(clicks),
      orders: sum('orders'),
      sales: sum('sales'),
    };
  });
}
