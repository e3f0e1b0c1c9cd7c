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
