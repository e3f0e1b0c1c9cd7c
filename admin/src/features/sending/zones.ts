// Wall-clock times in time zones. Instants are computed by Temporal only; a clock change is told apart, never guessed away.
import { Temporal } from 'temporal-polyfill';
import { currentZone, zoneCity } from '../../ui/format.ts';

export interface Zone {
  name: string;
  /** "Berlin" of "Europe/Berlin". */
  city: string;
  /** "UTC+1" now. */
  offset: string;
  minutes: number;
}

export const isZone = (name: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
};

/** Every zone, from west to east as clocks stand at `now`. */
export function zones(now: number): Zone[] {
  // Engines leave out UTC.
  const names = new Set(['UTC', ...Intl.supportedValuesOf('timeZone').map(currentZone).filter(isZone)]);
  return [...names]
    .map((name) => ({ name, city: zoneCity(name), ...offsetOf(name, now) }))
    .toSorted((a, b) => a.minutes - b.minutes || a.name.localeCompare(b.name));
}

function offsetOf(zone: string, now: number): Pick<Zone, 'offset' | 'minutes'> {
  const minutes = Math.round(
    Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).offsetNanoseconds / 60_000_000_000,
  );
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`;
  return { minutes, offset: minutes === 0 ? 'UTC' : `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest}` };
}

export interface Resolved {
  /** UTC milliseconds at which it goes out. */
  at: number;
  /** `gap`: the clock skips this time, it goes out at `local`. `overlap`: it comes twice. */
  kind: 'plain' | 'gap' | 'overlap';
  past: boolean;
  /** The wall-clock time it really goes out at. */
  local: string;
}

/** What a wall-clock time in a zone means, the first or the second of one that comes twice; null when it cannot be read. */
export function resolve(
  local: string,
  zone: string,
  now: number,
  overlap: 'first' | 'second' = 'first',
): Resolved | null {
  if (!isZone(zone)) return null;
  let wall: Temporal.PlainDateTime;
  try {
    wall = Temporal.PlainDateTime.from(local);
  } catch {
    return null;
  }
  const earlier = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = wall.toZonedDateTime(zone, { disambiguation: 'later' });
  const inGap = !later.toPlainDateTime().equals(wall);
  const chosen = inGap || overlap === 'second' ? later : earlier;
  return {
    at: chosen.epochMilliseconds,
    kind: inGap ? 'gap' : earlier.epochMilliseconds === later.epochMilliseconds ? 'plain' : 'overlap',
    past: chosen.epochMilliseconds <= now,
    local: chosen.toPlainDateTime().toString({ smallestUnit: 'minute' }),
  };
}

/** Tomorrow at ten by the clock of the zone: what a new schedule proposes. */
export function tomorrowAtTen(zone: string, now: number): string {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  return today.add({ days: 1 }).toPlainDateTime({ hour: 10 }).toString({ smallestUnit: 'minute' });
}

/** The day by the clock of a zone, some months on. */
export function wallDay(
  zone: string,
  now: number,
  later: { months: number } = { months: 0 },
): { date: string; weekday: number; day: number } {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate().add(later);
  return { date: today.toString(), weekday: today.dayOfWeek, day: today.day };
}
