// The starts of a repeated mailing. The pattern is read on the clock on the wall and turned into instants by the same
// rules as a single time: what the clocks skip happens as much later, what they show twice happens once.
import { Cron } from 'croner';
import { IANAZone } from 'luxon';
import type { Repeat } from './mailing-settings.ts';
import { type FieldProblem, Problem } from './problem.ts';
import { instantOf, wallClock, wallClockAt } from './schedule.ts';

const SHORTEST_INTERVAL_MINUTES = 15;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A day has no more starts than these, and one more crosses midnight. */
const STARTS_TO_COMPARE = (24 * 60) / SHORTEST_INTERVAL_MINUTES + 1;

/** In UTC the wall clock runs evenly: croner's own reading of zones misses by the hour when clocks change (11.0.1). */
const patternOf = (cron: string): Cron => new Cron(cron, { mode: '5-part', timezone: 'UTC', paused: true });

/** What is wrong with a pattern, as problems at its fields in a mailing's settings; empty where it is sound. */
export function repeatProblems(repeat: Pick<Repeat, 'cron' | 'zone'>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!IANAZone.isValidZone(repeat.zone))
    problems.push({ path: 'settings.repeat.zone', code: 'time_zone_unknown', params: { zone: repeat.zone } });
  const code = cronProblem(repeat.cron);
  if (code !== null)
    problems.push({
      path: 'settings.repeat.cron',
      code,
      params: { cron: repeat.cron, minutes: SHORTEST_INTERVAL_MINUTES },
    });
  return problems;
}

/** Throws the first of them, with all in its fields. */
export function checkRepeat(repeat: Pick<Repeat, 'cron' | 'zone'>): void {
  const problems = repeatProblems(repeat);
  const [first] = problems;
  if (first) throw new Problem(first.code, first.params, problems);
}

function cronProblem(cron: string): 'cron_invalid' | 'cron_never' | 'cron_too_often' | null {
  // croner also takes names such as `@daily`: five fields are what is promised and documented.
  if (cron.trim().split(/\s+/).length !== 5) return 'cron_invalid';
  try {
    const starts = patternOf(cron).nextRuns(STARTS_TO_COMPARE, new Date(FIXED_DAY));
    if (starts.length === 0) return 'cron_never';
    const soon = SHORTEST_INTERVAL_MINUTES * MINUTE_MS;
    const tooClose = starts.some((start, index) => index > 0 && start.getTime() - starts[index - 1]!.getTime() < soon);
    return tooClose ? 'cron_too_often' : null;
  } catch {
    return 'cron_invalid';
  }
}

/** Any day will do: whether a pattern fires, and how closely, does not depend on when it is asked. */
const FIXED_DAY = Date.UTC(2024, 0, 1);

/** The first start after an instant, whatever the series' end; null: none. */
function nextOfPattern({ cron, zone }: Pick<Repeat, 'cron' | 'zone'>, after: number): number | null {
  const pattern = patternOf(cron);
  // Begun earlier by what the clocks skipped lately: such a time comes as much later than the pattern has it.
  const shown = wallClockAt(after, zone);
  const skipped = Math.max(0, shown - wallClockAt(after - DAY_MS, zone) - DAY_MS);
  let wall = pattern.nextRun(new Date(shown - skipped - 1));
  let next: number | null = null;
  for (; wall !== null; wall = pattern.nextRun(wall)) {
    const { at, kind } = instantOf(wall.getTime(), zone);
    if (at <= after) continue;
    next = Math.min(next ?? Infinity, at);
    // Only skipped times come out of order: behind any other, all that follow are later.
    if (kind !== 'gap') return next;
  }
  return next;
}

/** The first start after an instant that the series still has; `starts` are behind it. */
export function nextStart(repeat: Repeat, { after, starts }: { after: number; starts: number }): number | null {
  if (repeat.times !== null && starts >= repeat.times) return null;
  const next = nextOfPattern(repeat, after);
  return next !== null && next < seriesEnd(repeat) ? next : null;
}

/** The end of the last day, by the clock of the pattern. */
const seriesEnd = ({ until, zone }: Repeat): number =>
  until === null ? Infinity : instantOf(wallClock(until, 'settings.repeat') + DAY_MS, zone).at;

/** The starts to come, so many at most. */
export function nextStarts(repeat: Repeat, from: { after: number; starts: number }, most: number): number[] {
  const found: number[] = [];
  while (found.length < most) {
    const next = nextStart(repeat, { after: found.at(-1) ?? from.after, starts: from.starts + found.length });
    if (next === null) break;
    found.push(next);
  }
  return found;
}

const HOUR_MS = 3_600_000;
const LOOK_BACK_GROWTH = 4;

/** Of the starts from `due` up to `now` only the newest counts, however many were missed. */
export function newestMissed(repeat: Repeat, { due, now }: { due: number; now: number }): number {
  // Looked for ever further back, so that a server that was off for a year does not walk through all of it.
  const last = Math.min(now, seriesEnd(repeat) - 1);
  for (let back = HOUR_MS; last - back > due; back *= LOOK_BACK_GROWTH) {
    const newest = newestBetween(repeat, last - back, last);
    if (newest !== null) return newest;
  }
  return newestBetween(repeat, due, last) ?? due;
}

function newestBetween(repeat: Repeat, after: number, last: number): number | null {
  let newest: number | null = null;
  for (let next = nextOfPattern(repeat, after); next !== null && next <= last; next = nextOfPattern(repeat, next))
    newest = next;
  return newest;
}

/** The cause of a start's deliveries: its instant in UTC, `20261122T180000Z`. */
export const occurrenceOf = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');

/** The instant of an occurrence. */
export const instantOfOccurrence = (occurrence: string): number =>
  Date.parse(occurrence.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
