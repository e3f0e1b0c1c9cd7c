// The platform's pace: about 30 messages a second for a bot, 1 a second for a chat, short bursts tolerated. Beyond it a
// call is refused with the seconds to wait. The exact thresholds are unpublished; these are ours.

export interface Pace {
  /** Messages a second; null: no limit. */
  rate: number | null;
  /** Messages that may come at once before the rate counts. */
  burst: number;
}

export const BOT_PACE: Pace = { rate: 30, burst: 15 };
export const CHAT_PACE: Pace = { rate: 1, burst: 3 };

/**
 * Generic cell rate: `nextAt` is when the next message would be exactly on time. Answers the new `nextAt`, or the
 * milliseconds to wait.
 */
export function admit(nextAt: number, now: number, { rate, burst }: Pace): { nextAt: number } | { waitMs: number } {
  if (rate === null) return { nextAt };
  const interval = 1000 / rate;
  const early = nextAt - now;
  const tolerated = (burst - 1) * interval;
  return early > tolerated ? { waitMs: early - tolerated } : { nextAt: Math.max(now, nextAt) + interval };
}
