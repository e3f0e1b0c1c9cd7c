// Wall-clock times in a zone become instants here, and nowhere by hand. A time that the clocks skip, or show twice, is
// named, so that the page can say what will happen.
import { DateTime, IANAZone } from 'luxon';
import { fieldProblem } from './problem.ts';

export interface Instant {
  /** UTC milliseconds. */
  at: number;
  /** `gap`: the clocks skip this time, taken as much later; `overlap`: they show it twice, the first is taken. */
  kind: 'exact' | 'gap' | 'overlap';
}

/** `local` as `2026-11-22T18:00`; throws a problem at `path` for an unknown zone or a date that does not exist. */
export function scheduleInstant(local: string, zone: string, path = 'settings.when'): Instant {
  if (!IANAZone.isValidZone(zone)) throw fieldProblem(`${path}.zone`, 'time_zone_unknown', { zone });
  const time = DateTime.fromISO(local, { zone });
  if (!time.isValid) throw fieldProblem(`${path}.local`, 'time_invalid', { local });
  // Luxon moves a skipped time on by the length of the gap: it is then no longer the time that was asked for.
  if (!time.toISO({ includeOffset: false })?.startsWith(local)) return { at: time.toMillis(), kind: 'gap' };
  const possible = time.getPossibleOffsets().map((candidate) => candidate.toMillis());
  return { at: Math.min(...possible), kind: possible.length > 1 ? 'overlap' : 'exact' };
}
