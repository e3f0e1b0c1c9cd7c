// Is a bot's platform there at all? When one try after the other fails and none is answered, it is the platform that is
// away and not the messages that are wrong: the bot waits, looks again after growing pauses, and no try is counted.
import type { Outcome } from '../domain/channel.ts';

export interface Reach {
  /** Hears what came of one call, which is one try however many receivers it had; until when the bot has to wait. */
  hear(call: readonly Outcome[], now: number): number | null;
  /** While it is away one message at a time goes out to see. */
  isAway(): boolean;
}

/** What an outcome means: while the platform is away a failure only closes the bot. */
export function judge(outcome: Outcome, closedUntil: number | null): Outcome {
  // Asked and never answered stays what it is: it may have arrived.
  if (closedUntil === null || outcome.status !== 'failed') return outcome;
  return { status: 'throttled', scope: 'bot', retryAt: closedUntil };
}

const isSilence = ({ status }: Outcome): boolean => status === 'failed' || status === 'unknown';

/** So many tries in a row without an answer. */
export const FAILURES_TO_WAIT = 10;

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

export function createReach(): Reach {
  let failures = 0;
  let pause = FIRST_PAUSE_MS;
  let closedUntil = 0;
  return {
    hear(call, now) {
      if (!call.every(isSilence)) {
        failures = 0;
        pause = FIRST_PAUSE_MS;
        return null;
      }
      failures += 1;
      if (failures < FAILURES_TO_WAIT) return null;
      // Those that were in the air with the first say nothing new.
      if (now >= closedUntil) {
        closedUntil = now + pause;
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      }
      return closedUntil;
    },
    isAway: () => failures >= FAILURES_TO_WAIT,
  };
}
