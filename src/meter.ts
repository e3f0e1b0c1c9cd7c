// What the server counts about itself while it works, as plain numbers: adding one must cost next to nothing at twenty
// thousand messages a second. `/metrics` reads them when it is asked; names and units are given there.
import type { Outcome } from './domain/channel.ts';

export type OutcomeStatus = Outcome['status'];

export interface Histogram {
  /** Upper bounds, ascending; what is larger counts in the last place. */
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum: number;
  count: number;
}

export const createHistogram = (...bounds: number[]): Histogram => ({
  bounds,
  counts: Array.from({ length: bounds.length + 1 }, () => 0),
  sum: 0,
  count: 0,
});

export function observe(histogram: Histogram, value: number): void {
  let place = 0;
  while (place < histogram.bounds.length && value > (histogram.bounds[place] ?? 0)) place += 1;
  histogram.counts[place] = (histogram.counts[place] ?? 0) + 1;
  histogram.sum += value;
  histogram.count += 1;
}

/** What messengers answered over one channel. */
export type Outcomes = Record<OutcomeStatus, number>;

export interface Meter {
  /** The numbers of one channel, to be kept and added to. */
  outcomes(channel: string): Outcomes;
  channels(): ReadonlyMap<string, Outcomes>;
  /** Messages stamped and not yet settled. */
  inFlight: number;
  /** Seconds a group waited for its limits. */
  readonly limiterWait: Histogram;
  /** Seconds from the call to its answer. */
  readonly delivery: Histogram;
  /** Outcomes written in one transaction, and the seconds it took. */
  readonly settleGroup: Histogram;
  readonly settle: Histogram;
  /** Statements of the engine that failed, and will be tried again. */
  storeErrors: number;
  /** Of dead senders: planned again, and called unconfirmed. */
  recovered: number;
  unconfirmed: number;
  /** What the watchdog found stuck, so far. */
  stuck: number;
  /** The latest look of the sender's loop that ended, UTC ms; null: this process does not send. */
  lookedAt: number | null;
  webhooks: { accepted: number; refused: number; failed: number };
  /** Open streams of live pages. */
  listeners: number;
}

export function createMeter(): Meter {
  const channels = new Map<string, Outcomes>();
  return {
    outcomes(channel) {
      const known = channels.get(channel) ?? {
        accepted: 0,
        refused: 0,
        throttled: 0,
        failed: 0,
        unknown: 0,
        bot_refused: 0,
      };
      channels.set(channel, known);
      return known;
    },
    channels: () => channels,
    inFlight: 0,
    limiterWait: createHistogram(0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    delivery: createHistogram(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    settleGroup: createHistogram(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    settle: createHistogram(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
    storeErrors: 0,
    recovered: 0,
    unconfirmed: 0,
    stuck: 0,
    lookedAt: null,
    webhooks: { accepted: 0, refused: 0, failed: 0 },
    listeners: 0,
  };
}
