// One process's share of one limit: what it asks for, and what it makes of an answer. It never uses more than it says
// it holds, and says it holds less only once that is so.
import type { Demand, Lack, Limit } from './limit.ts';
import type { Answer, Ask, Wanting } from './shares-script.ts';
import { createGate } from './throttle.ts';

/** A mailing that pauses for less does not give up its share. */
const LINGER_MS = 1000;

const WANTING: Readonly<Record<Demand, Wanting>> = { none: 0, urgent: 1, mailing: 2 };

type Wish = Ask['limits'][number];

export interface Share extends Limit {
  readonly key: string;
  /** It has something to say or to ask. */
  isActive(): boolean;
  /** Ended, and Redis knows that nothing of it is held any more. */
  isOver(): boolean;
  ask(): Wish;
  /** The answer to what was asked last. */
  hear(answer: Answer): void;
  /** Lets nothing go until there is another answer. */
  giveUp(): void;
}

export interface ShareParts {
  key: string;
  rate: number | null;
  now: () => number;
  /** Whether the other processes still count on this one. */
  isAlive: () => boolean;
  isRedisAway: () => boolean;
  /** There is something to agree on at once. */
  agreeSoon: () => void;
  /** The share was gained or lost. */
  changed: () => void;
}

export function createShare({ key, rate: first, now, isAlive, isRedisAway, agreeSoon, changed }: ShareParts): Share {
  const gate = createGate({ rate: first === null ? null : 0, now, isValid: isAlive });
  let rate = first;
  /** What the gate lets go. */
  let held = 0;
  /** The whole limit that `held` was given from. */
  let whole = first;
  /** What the last answer left: nothing, while lanes still finish with what is held. */
  let granted = 0;
  let demand: Demand = 'none';
  let quietSince = Infinity;
  let lanes = 0;
  let ended = false;
  let asked: { wish: Wish; closedUntil: number } | null = null;
  /** Redis may have something of ours on record. */
  let isKnown = false;
  /** Until when Redis knows it to be closed. */
  let toldClosedUntil = 0;

  const wanting = (): Wanting => {
    const goesOn = lanes > 0 || performance.now() - quietSince < LINGER_MS;
    return !ended && goesOn ? WANTING[demand] : 0;
  };

  function hold(next: number): void {
    held = next;
    gate.setRate(rate === null ? null : held);
  }

  function hearClosing(closed: number, knownUntil: number): void {
    const until = now() + closed;
    toldClosedUntil = knownUntil;
    if (closed === 0 || until <= gate.closedUntil()) return;
    gate.closeUntil(until);
    toldClosedUntil = until;
  }

  return {
    key,
    gate,
    setRate(next) {
      if (next === rate) return;
      rate = next;
      if (next === null) held = granted = 0;
      // Redis may be away: everybody goes down in proportion, at once and by itself. Up goes only who is answered.
      else if (whole !== null && next < whole) held *= next / whole;
      if (next === null || whole === null || next < whole) whole = next;
      hold(held);
      agreeSoon();
    },
    want(next) {
      if (next === 'none') {
        quietSince = Math.min(quietSince, performance.now());
        return;
      }
      const before = wanting();
      demand = next;
      quietSince = Infinity;
      if (wanting() !== before) agreeSoon();
    },
    share: () => (rate === null ? null : held),
    lacks(): Lack | null {
      if (rate === null || (granted > 0 && isAlive())) return null;
      return isRedisAway() ? 'redis_away' : 'no_share';
    },
    enter() {
      lanes += 1;
    },
    leave() {
      lanes -= 1;
      if (granted < held) agreeSoon();
    },
    end() {
      ended = true;
      gate.end();
      agreeSoon();
    },
    isActive: () => wanting() > 0 || held > 0 || isKnown,
    isOver: () => ended && lanes === 0 && held === 0 && !isKnown,
    ask() {
      const closedUntil = gate.closedUntil();
      const closed = closedUntil > toldClosedUntil ? Math.max(0, closedUntil - now()) : 0;
      const wish = { key, rate, held, wants: wanting(), closed };
      asked = { wish, closedUntil };
      isKnown = true;
      return wish;
    },
    hear({ share, rate: all, closed }) {
      if (!asked) return;
      const { wish, closedUntil } = asked;
      asked = null;
      isKnown = wish.wants > 0 || wish.held > 0 || share > 0;
      hearClosing(closed, closedUntil);
      // Moved in the meantime: that was not what this is an answer to.
      if (rate === null || rate !== wish.rate || held !== wish.held) return;
      const had = granted > 0;
      granted = share;
      whole = all;
      // Lanes finish what they have stamped before the last of a share is given up.
      if (share > 0 || lanes === 0) hold(share);
      if (held < wish.held) agreeSoon();
      if (had !== granted > 0) changed();
    },
    giveUp() {
      granted = 0;
      if (held > 0) hold(0);
    },
  };
}
