// How fast: the limits that hold together for one mailing over one bot, how they are cut into grants, and how
// the last second is kept in mind. Rates are messages a second; null means no limit.
import type { Capabilities } from './capabilities.ts';

export interface Limits {
  /** Of the mailing, over all its bots together. */
  mailing: number | null;
  /** Of the bot, over all its mailings together. */
  bot: number | null;
  /** To one person over this bot. */
  chat: number | null;
}

/** The bot's own setting goes before what its channel declares, and that before what the mailing chose there. */
export function limits(
  { rate, choices = [] }: Pick<Capabilities, 'rate' | 'choices'>,
  bot: { rate?: number | null | undefined },
  campaign: { speed: number | null; choices?: readonly string[] },
): Limits {
  const chosen = choices.find((choice) => choice.rate && campaign.choices?.includes(choice.key))?.rate;
  return { mailing: campaign.speed, bot: bot.rate ?? (chosen ?? rate).bot, chat: rate.chat };
}

/** A limiter job takes about 2.5 ms of timers and each grant is a stamp, so one lets a group go: 1 up to 75/s, 20 at 1,000/s. */
const GRANTS_PER_SECOND = 50;
/** Lengthens the pause between grants: what timers and sockets bunch together stays within the limit. */
export const MARGIN = 1.028;

export interface Pace {
  /** Messages one grant lets go. */
  group: number;
  /** Milliseconds from one grant to the next. */
  interval: number;
}

/** 25/s: one message every 41 ms, which is 24.3/s and never a 26th within a second. */
export function paceOf(rate: number): Pace {
  const group = Math.max(1, Math.round(rate / GRANTS_PER_SECOND));
  return { group, interval: ((1000 * group) / rate) * MARGIN };
}

/** A second, and what may bunch together on the way to the other end. */
const SLIDING_MS = 1025;

/** The messages let go within the last second. */
export interface SlidingSecond {
  /** Milliseconds until one more message fits. `now` here and below: milliseconds of any clock that only goes forward. */
  wait(now: number): number;
  record(now: number): void;
  /** What went before counts on: a moved limit starts no new second. */
  setRate(rate: number): void;
}

/**
 * Remembers the messages let go lately and says how long the next must wait so that no sliding second holds more than
 * the rate: the exact promise, where grants alone are only regular.
 */
export function createSlidingSecond(first: number): SlidingSecond {
  let rate = first;
  let times: number[] = [];
  /** Those before it are too old to count; they are dropped now and then. */
  let oldest = 0;
  return {
    wait(now) {
      const size = Math.max(1, Math.floor(rate));
      const span = rate < 1 ? 1000 / rate : SLIDING_MS;
      const place = times.length - size;
      return place < oldest ? 0 : Math.max(0, (times[place] ?? -Infinity) + span - now);
    },
    record(now) {
      times.push(now);
      // The last one stays: below one a second the pause after it is longer.
      while (oldest < times.length - 1 && (times[oldest] ?? now) + SLIDING_MS <= now) oldest += 1;
      if (oldest > 1000 && oldest > times.length / 2) {
        times = times.slice(oldest);
        oldest = 0;
      }
    },
    setRate(next) {
      rate = next;
    },
  };
}
