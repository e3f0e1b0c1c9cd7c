// How long who said "not now" is left alone: pauses that grow, for a host and for a person each, forgotten when they take
// something. Whoever says it for an hour has in effect refused.
import type { Outcome } from '../../src/domain/channel.ts';

export interface Patience {
  /** What an outcome means after what was heard before from this host and this person. */
  hear(outcome: Outcome, about: Heard): Outcome;
}

interface Heard {
  host: string;
  person: string;
  /** The server's words. */
  detail: string;
  now: number;
}

interface Memory {
  since: number;
  until: number;
  pauses: number;
}

const LONGEST_PAUSE_MS = 30 * 60_000;
const GIVE_UP_MS = 60 * 60_000;
/** What was said so long ago says nothing about today. */
const FORGET_MS = 2 * GIVE_UP_MS;
const MOST = 10_000;

export function createPatience(): Patience {
  const memories = new Map<string, Memory>();

  function keep(key: string, memory: Memory): void {
    const [oldest] = memories.keys();
    if (memories.size >= MOST && oldest !== undefined) memories.delete(oldest);
    memories.delete(key);
    memories.set(key, memory);
  }

  return {
    hear(outcome, { host, person, detail, now }) {
      if (outcome.status !== 'throttled' || outcome.scope === 'bot') {
        // A refusal is an answer, too: this host talks to us.
        if (outcome.status === 'accepted' || outcome.status === 'refused') memories.delete(host);
        if (outcome.status === 'accepted') memories.delete(person);
        return outcome;
      }
      const key = outcome.scope === 'host' ? host : person;
      const known = memories.get(key);
      const heard = known && now - known.until < FORGET_MS ? known : { since: now, until: 0, pauses: 0 };
      // Those that were on their way with the first say nothing new.
      if (now < heard.until) return { ...outcome, retryAt: heard.until };
      if (now - heard.since >= GIVE_UP_MS) return { status: 'refused', reason: 'rate_limited_too_long', detail };
      const pause = Math.min((outcome.retryAt - now) * 2 ** heard.pauses, LONGEST_PAUSE_MS);
      keep(key, { since: heard.since, until: now + pause, pauses: heard.pauses + 1 });
      return { ...outcome, retryAt: now + pause };
    },
  };
}
