// Quiet hours: between two times of day, by a clock, nothing of a mailing goes out. Worked out on the wall clock, so a
// night with a clock change is as long as the clocks make it.
import type { QuietHours } from './mailing-settings.ts';
import { instantOf, wallClockAt } from './schedule.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const timeOfDay = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
};

type Hours = Pick<QuietHours, 'from' | 'to'>;

/** Milliseconds since midnight, by the clock on the wall. */
const sinceMidnight = (wall: number): number => ((wall % DAY_MS) + DAY_MS) % DAY_MS;

function isQuiet({ from, to }: Hours, time: number): boolean {
  const [begin, end] = [timeOfDay(from), timeOfDay(to)];
  return begin > end ? time >= begin || time < end : time >= begin && time < end;
}

/** The end of the quiet hours an instant lies in, by a zone's clock; null outside of them. The same time twice: never. */
export function quietUntil(hours: Hours, zone: string, at: number): number | null {
  const wall = wallClockAt(at, zone);
  const time = sinceMidnight(wall);
  if (!isQuiet(hours, time)) return null;
  const end = timeOfDay(hours.to);
  const last = wall - time + end + (time >= end ? DAY_MS : 0);
  const { at: first, kind } = instantOf(last, zone);
  if (kind === 'gap') {
    const end = endBeforeGap(hours, zone, first);
    // The clocks may skip all the time that is not quiet: then it stays quiet for another day.
    return quietUntil(hours, zone, end) ?? end;
  }
  // Where the clocks show the end twice and the first has passed, the second ends them.
  return first > at ? first : instantOf(last, zone, 'second').at;
}

/** The clocks skip the end: the hours are over as soon as they have. */
function endBeforeGap(hours: Hours, zone: string, at: number): number {
  let end = at;
  while (!isQuiet(hours, sinceMidnight(wallClockAt(end - MINUTE_MS, zone)))) end -= MINUTE_MS;
  return end;
}

export interface Quiet {
  /** For one person's zone (null: not known) at an instant: when the quiet hours end, or null when they are not on. */
  until(zone: string | null, at: number): number | null;
}

/** So long an answer "not now" is trusted: a time of day that begins on a full minute is not overlooked. */
const TRUST_MS = 1000;

/** Asked for every message: an answer is worked out once per zone and second, and kept while it is quiet. */
export function quietFor(quiet: QuietHours, workspaceZone: string): Quiet {
  const known = new Map<string, { until: number | null; goodFrom: number; goodTo: number }>();
  return {
    until(zone, at) {
      const clock = quiet.clock === 'workspace' || zone === null ? workspaceZone : zone;
      const answer = known.get(clock);
      if (answer && at >= answer.goodFrom && at < answer.goodTo) return answer.until;
      const until = quietUntil(quiet, clock, at);
      // Quiet until its end; otherwise up to the next full second.
      const goodTo = until ?? at - (at % TRUST_MS) + TRUST_MS;
      known.set(clock, { until, goodFrom: at, goodTo });
      return until;
    },
  };
}
