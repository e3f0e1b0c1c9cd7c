// What a mailing's rules make of its audience, told before it is sent: who gets it when, and who does not and why.
import type { SkipReason } from './delivery.ts';
import { type PersonWhen, type Turn, turns } from './local-time.ts';

/** People alike in everything the rules look at. */
export interface Group {
  zone: string | null;
  overCap: boolean;
  people: number;
}

export type LeftOut = Extract<SkipReason, 'hour_passed' | 'zone_unknown' | 'frequency_cap'>;

export interface Outlook {
  /** Left out, by reason. */
  skipped: Record<LeftOut, number>;
  /** Of each group, in their order: why it is left out, or null. */
  reasons: (LeftOut | null)[];
  /** By local time; null: everybody at once. */
  person: PersonOutlook | null;
}

export interface PersonOutlook {
  /** How many people's turn comes when, in order. */
  instants: { at: number; people: number }[];
  /** Known zones of those who get it. */
  zones: number;
  /** People whose hour has passed when sending starts, and whose zone is not known, whatever becomes of them. */
  passed: number;
  zoneless: number;
}

export function outlookOf(
  groups: readonly Group[],
  person: { when: PersonWhen; workspaceZone: string; start: number } | null,
): Outlook {
  const skipped = { hour_passed: 0, zone_unknown: 0, frequency_cap: 0 };
  const instants = new Map<number, number>();
  const zones = new Set<string>();
  let passed = 0;
  let zoneless = 0;
  const reasons: (LeftOut | null)[] = [];
  const turnOf = person ? turns(person) : null;
  for (const { zone, overCap, people } of groups) {
    const turn = turnOf?.(zone) ?? null;
    if (turn && hasPassed(turn)) passed += people;
    if (turn && isZoneless(turn)) zoneless += people;
    const reason = turn && 'skip' in turn ? turn.skip : overCap ? 'frequency_cap' : null;
    reasons.push(reason);
    if (reason !== null) skipped[reason] += people;
    else if (turn && 'at' in turn) {
      instants.set(turn.at, (instants.get(turn.at) ?? 0) + people);
      if (turn.zoneKnown && zone !== null) zones.add(zone);
    }
  }
  const inOrder = [...instants].map(([at, people]) => ({ at, people })).sort((a, b) => a.at - b.at);
  return { skipped, reasons, person: person && { instants: inOrder, zones: zones.size, passed, zoneless } };
}

const hasPassed = (turn: Turn): boolean => ('skip' in turn ? turn.skip === 'hour_passed' : turn.passed);
const isZoneless = (turn: Turn): boolean => ('skip' in turn ? turn.skip === 'zone_unknown' : !turn.zoneKnown);
