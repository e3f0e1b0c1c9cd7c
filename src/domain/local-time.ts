// "At six in the evening, wherever they are": when each zone's turn comes, and what becomes of those whose hour has
// passed when sending starts or whose zone is not known. The check counts by it and planning follows it, so both agree.
import { IANAZone } from 'luxon';
import type { SkipReason } from './delivery.ts';
import type { When } from './mailing-settings.ts';
import { instantOf, wallClock } from './schedule.ts';

export type PersonWhen = Extract<When, { mode: 'person' }>;

/** When a person's turn comes, or why it never does. */
export type Turn =
  | { at: number; passed: boolean; zoneKnown: boolean }
  | { skip: Extract<SkipReason, 'hour_passed' | 'zone_unknown'> };

export interface TurnFacts {
  when: PersonWhen;
  workspaceZone: string;
  /** The instant the mailing is due: whose hour lies before it has missed it. How late it really begins matters not. */
  start: number;
}

const DAY_MS = 86_400_000;

/** A name that says nothing to us is as good as none. */
export const isKnownZone = (zone: string | null): zone is string => zone !== null && IANAZone.isValidZone(zone);

/** The turn of the people of one zone. */
export function turnOf({ when, workspaceZone, start }: TurnFacts, zone: string | null): Turn {
  const zoneKnown = isKnownZone(zone);
  if (!zoneKnown && when.zoneless === 'skip') return { skip: 'zone_unknown' };
  const clock = zoneKnown ? zone : workspaceZone;
  const wall = wallClock(when.local);
  const { at } = instantOf(wall, clock, when.overlap);
  if (at >= start) return { at, passed: false, zoneKnown };
  switch (when.passed) {
    case 'skip':
      return { skip: 'hour_passed' };
    case 'now':
      return { at: start, passed: true, zoneKnown };
    case 'next_day':
      return { at: nextDay(wall, clock, { when, start }), passed: true, zoneKnown };
    default:
      return when.passed satisfies never;
  }
}

/** The same hour on the first day on which it has not passed. */
function nextDay(wall: number, zone: string, { when, start }: Pick<TurnFacts, 'when' | 'start'>): number {
  // Days that surely lie behind are not asked one by one.
  const behind = Math.max(0, Math.floor((start - wall) / DAY_MS) - 2);
  for (let days = Math.max(1, behind); ; days += 1) {
    const { at } = instantOf(wall + days * DAY_MS, zone, when.overlap);
    if (at >= start) return at;
  }
}

/** The same question asked again and again: each zone's answer is remembered. */
export function turns(facts: TurnFacts): (zone: string | null) => Turn {
  const known = new Map<string | null, Turn>();
  return (zone) => {
    const turn = known.get(zone) ?? turnOf(facts, zone);
    known.set(zone, turn);
    return turn;
  };
}

/**
 * When a mailing by local time is due: with the first of its zones, and not before it may start. Those whose hour has
 * passed by then count where they are sent to at once.
 */
export function firstTurn(
  when: PersonWhen,
  { zones, workspaceZone, earliest }: { zones: Iterable<string | null>; workspaceZone: string; earliest: number },
): number | null {
  const turn = turns({ when, workspaceZone, start: earliest });
  let first: number | null = null;
  for (const zone of zones) {
    const next = turn(zone);
    if ('at' in next) first = Math.min(first ?? Infinity, next.at);
  }
  return first;
}
