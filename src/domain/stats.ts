// The figures of a mailing: their names, what they count, and how rates are made from them.

/** Figures kept as counters, per campaign, bot and (clicks, orders) button. */
export const FIGURES = [
  'planned',
  'sent',
  'failed',
  'skipped',
  'cancelled',
  'unconfirmed',
  'delivered',
  'opened',
  // People are unique per mailing; clicks are every press.
  'link_people',
  'link_clicks',
  'buy_people',
  'buy_clicks',
  'button_people',
  'button_clicks',
  // Clicks by link previews and scanners, kept apart.
  'scanner_clicks',
  'replies',
  'unsubscribes',
  'orders',
  'sales',
] as const;
export type Figure = (typeof FIGURES)[number];

/** Money earned, in minor units, is a counter named `revenue:<ISO 4217>`. */
export const revenueFigure = (currency: string): string => `revenue:${currency}`;

/** A number, or null where no channel involved can report it: shown as a dash, never as 0. */
export type Reported = number | null;

// --- From counters to figures ---------------------------------------------------------------

/** At every instant planned = sent + failed + skipped + cancelled + unconfirmed + remaining. */
export interface Figures {
  planned: number;
  sent: number;
  failed: number;
  skipped: number;
  cancelled: number;
  unconfirmed: number;
  remaining: number;
  delivered: Reported;
  opened: Reported;
  linkPeople: number;
  linkClicks: number;
  buyPeople: number;
  buyClicks: number;
  buttonPeople: number;
  buttonClicks: number;
  scannerClicks: number;
  replies: number;
  unsubscribes: number;
  orders: number;
  sales: number;
  /** Minor units by currency. */
  revenue: Record<string, number>;
}

export interface Count {
  figure: string;
  value: number;
}

export interface Reporting {
  delivered: boolean;
  opened: boolean;
}

/** What no channel involved can report stays null, whatever was counted. */
export function summarise(counts: readonly Count[], reporting: Reporting): Figures {
  const sums = new Map<string, number>();
  for (const { figure, value } of counts) sums.set(figure, (sums.get(figure) ?? 0) + value);
  const of = (figure: Figure): number => sums.get(figure) ?? 0;
  const settled = of('sent') + of('failed') + of('skipped') + of('cancelled') + of('unconfirmed');
  return {
    planned: of('planned'),
    sent: of('sent'),
    failed: of('failed'),
    skipped: of('skipped'),
    cancelled: of('cancelled'),
    unconfirmed: of('unconfirmed'),
    remaining: of('planned') - settled,
    delivered: reporting.delivered ? of('delivered') : null,
    opened: reporting.opened ? of('opened') : null,
    linkPeople: of('link_people'),
    linkClicks: of('link_clicks'),
    buyPeople: of('buy_people'),
    buyClicks: of('buy_clicks'),
    buttonPeople: of('button_people'),
    buttonClicks: of('button_clicks'),
    scannerClicks: of('scanner_clicks'),
    replies: of('replies'),
    unsubscribes: of('unsubscribes'),
    orders: of('orders'),
    sales: of('sales'),
    revenue: revenueIn(sums),
  };
}

const REVENUE = revenueFigure('');

const revenueIn = (sums: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries(
    [...sums]
      .filter(([figure, value]) => figure.startsWith(REVENUE) && value !== 0)
      .map(([figure, value]) => [figure.slice(REVENUE.length), value]),
  );

// --- Over time ------------------------------------------------------------------------------

export interface Point {
  /** Start of the step, UTC ms. */
  at: number;
  sent: number;
  failed: number;
  clicks: number;
  orders: number;
}

export interface Series {
  stepMs: number;
  points: Point[];
}

const MINUTE_MS = 60_000;
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS);
const MOST_POINTS = 120;

const CURVES: Readonly<Record<string, keyof Omit<Point, 'at'>>> = {
  sent: 'sent',
  failed: 'failed',
  link_clicks: 'clicks',
  buy_clicks: 'clicks',
  button_clicks: 'clicks',
  orders: 'orders',
};

/** Minutes gathered into steps that grow with the length of the mailing; quiet steps are points too. */
export function seriesOf(minutes: readonly { figure: string; minute: number; value: number }[]): Series {
  const known = minutes.filter(({ figure }) => CURVES[figure] !== undefined);
  if (known.length === 0) return { stepMs: MINUTE_MS, points: [] };
  const first = Math.min(...known.map(({ minute }) => minute));
  const last = Math.max(...known.map(({ minute }) => minute));
  const stepMs = stepFor(last - first);
  const start = first - (first % stepMs);
  const points = Array.from({ length: Math.floor((last - start) / stepMs) + 1 }, (_, index): Point => ({
    at: start + index * stepMs,
    sent: 0,
    failed: 0,
    clicks: 0,
    orders: 0,
  }));
  for (const { figure, minute, value } of known) {
    const curve = CURVES[figure];
    const point = points[Math.floor((minute - start) / stepMs)];
    if (curve && point) point[curve] += value;
  }
  return { stepMs, points };
}

/** The smallest step that keeps the chart readable; for very long ones as many whole days as needed. */
function stepFor(span: number): number {
  const day = STEPS_MS.at(-1)!;
  return STEPS_MS.find((step) => span / step < MOST_POINTS) ?? Math.ceil(span / MOST_POINTS / day) * day;
}
