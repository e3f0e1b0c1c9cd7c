// Wall-clock times in a zone become instants here, and nowhere by hand. A time that the clocks skip, or show twice, is
// named, so that the page can say what will happen.
import { DateTime, IANAZone } from 'luxon';
import { fieldProblem } from './problem.ts';

export interface Instant {
  /** UTC milliseconds. */
  at: number;
  /** `gap`: the clocks skip this time, taken as much later; `overlap`: they show it twice, one of them is taken. */
  kind: 'exact' | 'gap' | 'overlap';
}

export type Overlap = 'first' | 'second';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** `local` as `2026-11-22T18:00`; throws a problem at `path` for an unknown zone or a date that does not exist. */
export function scheduleInstant(
  local: string,
  zone: string,
  { overlap = 'first', path = 'settings.when' }: { overlap?: Overlap; path?: string } = {},
): Instant {
  if (!IANAZone.isValidZone(zone)) throw fieldProblem(`${path}.zone`, 'time_zone_unknown', { zone });
  return instantOf(wallClock(local, path), zone, overlap);
}

/** What a clock shows, as the milliseconds it would be in UTC: sums of hours and days need no zone. */
export function wallClock(local: string, path = 'settings.when'): number {
  const time = DateTime.fromISO(local, { zone: 'utc' });
  if (!time.isValid) throw fieldProblem(`${path}.local`, 'time_invalid', { local });
  return time.toMillis();
}

/** What the clocks in a zone show at an instant. */
export const wallClockAt = (at: number, zone: string): number => at + IANAZone.create(zone).offset(at) * MINUTE_MS;

/** Offsets lie between −12 and +14 hours (once −15:14): the one before and the one after are in force at these ends. */
const EARLIEST_MS = 16 * HOUR_MS;
const LATEST_MS = 14 * HOUR_MS;

/**
 * Of a wall-clock time in a valid zone. A zone's clock is at most at two offsets within a day, so a time is as far off
 * UTC as one of them says, as both (an overlap), or as neither (a gap).
 */
export function instantOf(wall: number, zone: string, overlap: Overlap = 'first'): Instant {
  const offset = (at: number): number => wallClockAt(at, zone) - at;
  const before = offset(wall - EARLIEST_MS);
  const after = offset(wall + LATEST_MS);
  const possible = [...new Set([wall - before, wall - after])].filter((at) => at + offset(at) === wall);
  if (possible.length === 0) return { at: wall - before, kind: 'gap' };
  if (possible.length === 1) return { at: possible[0]!, kind: 'exact' };
  return { at: overlap === 'first' ? Math.min(...possible) : Math.max(...possible), kind: 'overlap' };
}

/** `2026-11-22T18:00`, and behind it `+02:00` or `Z`, or after a space the name of a zone. */
const WRITTEN = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:(Z|[+-]\d{2}:\d{2})|\s+(\S+))?$/;

/** A time as a person writes it in one line; one without a zone is by the clock of `zone`. Throws a problem at `path`. */
export function readTime(
  text: string,
  { zone, path }: { zone: string; path: string },
): { local: string; zone: string } {
  const [, local, offset, named = zone] = WRITTEN.exec(text.trim()) ?? [];
  if (local === undefined) throw fieldProblem(path, 'time_unreadable', { text });
  if (!IANAZone.isValidZone(named)) throw fieldProblem(path, 'time_zone_unknown', { zone: named });
  const time = DateTime.fromISO(`${local}${offset ?? 'Z'}`, { zone: 'utc' });
  if (!time.isValid) throw fieldProblem(path, 'time_invalid', { local });
  return offset === undefined ? { local, zone: named } : { local: time.toFormat(LOCAL), zone: 'UTC' };
}

const LOCAL = "yyyy-MM-dd'T'HH:mm:ss";
