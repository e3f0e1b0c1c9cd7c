// The pace to hosts, where many people's messages go through one gate that does not like bursts: each message gets a time of
// its own, in the order in which they were read, and a host that asked for a pause gets nothing while others go on.
import type { Channel } from '../domain/channel.ts';

export interface Turn {
  /** When it may go. */
  at: number;
  /** The time is the message's own; otherwise it is to ask again then. */
  reserved: boolean;
}

export interface HostPace {
  /** When this message to this address may go; null: now. The same message may ask as often as it likes. */
  turn(message: object, address: string, now: number): Turn | null;
  /** Nothing goes to the host of this address before then. */
  close(address: string, until: number, now: number): void;
  /** Until when its host is closed: in the past, where it is not. */
  closedUntil(address: string): number;
  /** The host that is closed longest; null: none is. */
  closed(now: number): { host: string; until: number } | null;
  setRates(rates: Rates): void;
}

/** Messages a second to a host, of all processes together. */
export type Rates = (host: string) => number;

interface Host {
  /** When the next one may go. */
  next: number;
  /** Where the queue of those that found no time of their own ends, as far as one can tell. */
  queueEnds: number;
  closedUntil: number;
}

/** So far ahead times are given away; what comes later is put back, and leaves its place to others. */
export const AHEAD_MS = 60_000;
/** Who comes so late to its time, since something else held it up, gets a new one: late ones must not go in a burst. */
const LATE_MS = 250;

const MOST_HOSTS = 10_000;

/** `share`: the part of all that this process may send. */
export function createHostPace(of: NonNullable<Channel['hosts']>['of'], first: Rates, share: () => number): HostPace {
  const hosts = new Map<string, Host>();
  const times = new WeakMap<object, number>();
  let rates = first;

  function hostOf(name: string, now: number): Host {
    const known = hosts.get(name);
    if (known) return known;
    if (hosts.size >= MOST_HOSTS) forgetIdle(now);
    const host = { next: 0, queueEnds: 0, closedUntil: 0 };
    hosts.set(name, host);
    return host;
  }

  function forgetIdle(now: number): void {
    for (const [name, { next, closedUntil }] of hosts) if (Math.max(next, closedUntil) < now) hosts.delete(name);
  }

  function newTime(message: object, name: string, host: Host, now: number): Turn | null {
    const interval = 1000 / (rates(name) * share());
    const at = Math.max(now, host.next);
    if (at - now > AHEAD_MS) {
      host.queueEnds = Math.max(host.queueEnds, at) + interval;
      return { at: host.queueEnds, reserved: false };
    }
    host.next = at + interval;
    times.set(message, at);
    return at > now ? { at, reserved: true } : null;
  }

  return {
    turn(message, address, now) {
      const name = of(address);
      const host = hostOf(name, now);
      if (host.closedUntil > now) return { at: host.closedUntil, reserved: false };
      const own = times.get(message);
      if (own === undefined || own < now - LATE_MS) return newTime(message, name, host, now);
      return own > now ? { at: own, reserved: true } : null;
    },
    close(address, until, now) {
      const host = hostOf(of(address), now);
      host.closedUntil = Math.max(host.closedUntil, until);
    },
    closedUntil: (address) => hosts.get(of(address))?.closedUntil ?? 0,
    closed(now) {
      const all = [...hosts].filter(([, { closedUntil }]) => closedUntil > now);
      const [longest] = all.sort(([, a], [, b]) => b.closedUntil - a.closedUntil);
      return longest ? { host: longest[0], until: longest[1].closedUntil } : null;
    },
    setRates(next) {
      rates = next;
    },
  };
}
