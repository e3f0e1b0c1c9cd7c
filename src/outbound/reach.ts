// Is a bot's platform there at all? When one try after the other fails and none is answered, it is the platform that is
// away and not the messages that are wrong: the bot waits, looks again after growing pauses, and no try is counted.
import type { Outcome } from '../domain/channel.ts';

export interface Reach {
  /** What an outcome means, knowing those before it; while the platform is away a failure only closes the bot. */
  judge(outcome: Outcome, now: number): { outcome: Outcome; closedUntil: number | null };
  /** While it is away one message at a time goes out to see. */
  isAway(): boolean;
}

/** So many tries in a row without an answer. */
export const FAILURES_TO_WAIT = 10;

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

export function createReach(): Reach {
  let failures = 0;
  let pause = FIRST_PAUSE_MS;
  let closedUntil = 0;
  return {
    judge(outcome, now) {
      if (outcome.status !== 'failed' && outcome.status !== 'unknown') {
        failures = 0;
        pause = FIRST_PAUSE_MS;
        return { outcome, closedUntil: null };
      }
      failures += 1;
      if (failures < FAILURES_TO_WAIT) return { outcome, closedUntil: null };
      // Those that were in the air with the first say nothing new.
      if (now >= closedUntil) {
        closedUntil = now + pause;
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      }
      // Asked and never answered stays what it is: it may have arrived.
      if (outcome.status === 'unknown') return { outcome, closedUntil };
      return { outcome: { status: 'throttled', scope: 'bot', retryAt: closedUntil }, closedUntil };
    },
    isAway: () => failures >= FAILURES_TO_WAIT,
  };
}
