// Compares counters with what they should be. A counter that is missing is zero.
import type { Figure } from './stats.ts';

export interface Difference {
  campaign: number;
  bot: number;
  /** Empty for the figure over all buttons. */
  button: string;
  figure: string;
  counter: number;
  truth: number;
}

/** The kinds of events that are clicks, and the figures they count for. */
export const CLICK_FIGURES = {
  link_clicked: { clicks: 'link_clicks', people: 'link_people' },
  buy_clicked: { clicks: 'buy_clicks', people: 'buy_people' },
  button_clicked: { clicks: 'button_clicks', people: 'button_people' },
} as const satisfies Record<string, { clicks: Figure; people: Figure }>;

export interface CountedFigure {
  campaignId: number;
  botId: number;
  buttonId: string;
  figure: string;
  value: number;
}

/** Sums up by campaign, bot, button and figure. */
export function createTally(): { add(count: CountedFigure): void; counts(): CountedFigure[] } {
  const sums = new Map<string, CountedFigure>();
  return {
    add(count) {
      const known = sums.get(keyOf(count));
      if (known) known.value += count.value;
      else sums.set(keyOf(count), { ...count });
    },
    counts: () => [...sums.values()],
  };
}

/** In the order of campaign, bot, button and figure. */
export function compare(counters: readonly CountedFigure[], truths: readonly CountedFigure[]): Difference[] {
  const counted = new Map(counters.map((count) => [keyOf(count), count]));
  const truly = new Map(truths.map((count) => [keyOf(count), count]));
  return [...new Set([...counted.keys(), ...truly.keys()])]
    .map((key): Difference => {
      const { campaignId, botId, buttonId, figure } = (counted.get(key) ?? truly.get(key))!;
      const counter = counted.get(key)?.value ?? 0;
      const truth = truly.get(key)?.value ?? 0;
      return { campaign: campaignId, bot: botId, button: buttonId, figure, counter, truth };
    })
    .filter(({ counter, truth }) => counter !== truth)
    .sort((a, b) => a.campaign - b.campaign || a.bot - b.bot || orderOf(a).localeCompare(orderOf(b)));
}

const keyOf = ({ campaignId, botId, buttonId, figure }: CountedFigure): string =>
  JSON.stringify([campaignId, botId, buttonId, figure]);

const orderOf = ({ button, figure }: Difference): string => `${button} ${figure}`;
