// Repeats as people think of them (every day, on Mondays) and as the server keeps them (cron). What is none of the usual
// patterns stays as it was written.
import type { Settings } from '../shapes.ts';

export type Repeat = NonNullable<Settings['repeat']>;

export const PATTERNS = ['daily', 'weekdays', 'weekly', 'monthly', 'custom'] as const;
export type PatternKind = (typeof PATTERNS)[number];

export type Pattern =
  | { kind: 'daily' | 'weekdays'; time: string }
  /** Days from 1, Monday, to 7, Sunday. */
  | { kind: 'weekly'; days: readonly number[]; time: string }
  /** Days of the month. */
  | { kind: 'monthly'; days: readonly number[]; time: string }
  | { kind: 'custom'; cron: string };

export const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;
const WORKDAYS = '1-5';
export const DEFAULT_TIME = '10:00';

const sorted = (days: readonly number[]): number[] => [...new Set(days)].toSorted((a, b) => a - b);

export function toCron(pattern: Pattern): string {
  if (pattern.kind === 'custom') return pattern.cron;
  const [hour = 0, minute = 0] = pattern.time.split(':').map(Number);
  const at = `${minute} ${hour}`;
  switch (pattern.kind) {
    case 'daily':
      return `${at} * * *`;
    case 'weekdays':
      return `${at} * * ${WORKDAYS}`;
    case 'weekly':
      return `${at} * * ${sorted(pattern.days).join(',')}`;
    case 'monthly':
      return `${at} ${sorted(pattern.days).join(',')} * *`;
  }
}

export function fromCron(cron: string): Pattern {
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...more] = cron.trim().split(/\s+/);
  const time = timeOf(minute, hour);
  const custom = { kind: 'custom', cron } as const;
  if (time === null || month !== '*' || more.length > 0) return custom;
  if (day === '*' && weekday === '*') return { kind: 'daily', time };
  if (day === '*' && weekday === WORKDAYS) return { kind: 'weekdays', time };
  const weekdays = numbers(weekday, 0, 7);
  if (day === '*' && weekdays) return { kind: 'weekly', days: sorted(weekdays.map((one) => one || 7)), time };
  const days = numbers(day, 1, 31);
  if (weekday === '*' && days) return { kind: 'monthly', days: sorted(days), time };
  return custom;
}

const padded = (part: number): string => String(part).padStart(2, '0');

function timeOf(minute: string, hour: string): string | null {
  const [minutes, hours] = [numbers(minute, 0, 59), numbers(hour, 0, 23)];
  if (minutes?.length !== 1 || hours?.length !== 1) return null;
  return `${padded(hours[0] ?? 0)}:${padded(minutes[0] ?? 0)}`;
}

/** A list of plain numbers within bounds; null for anything cleverer. */
function numbers(field: string, least: number, most: number): number[] | null {
  if (!/^\d+(,\d+)*$/.test(field)) return null;
  const found = field.split(',').map(Number);
  return found.every((one) => one >= least && one <= most) ? found : null;
}

/** The same wish in another pattern: the time is kept, the days are those of `today` where none are known. */
export function changedKind(cron: string, kind: PatternKind, today: { weekday: number; day: number }): Pattern {
  const before = fromCron(cron);
  const time = before.kind === 'custom' ? DEFAULT_TIME : before.time;
  switch (kind) {
    case 'daily':
    case 'weekdays':
      return { kind, time };
    case 'weekly':
      return before.kind === 'weekly' ? before : { kind, days: [today.weekday], time };
    case 'monthly':
      return before.kind === 'monthly' ? before : { kind, days: [today.day], time };
    case 'custom':
      return { kind, cron };
  }
}

/** Months without this day have no start on it. */
export const isMissedSometimes = (pattern: Pattern): boolean =>
  pattern.kind === 'monthly' && pattern.days.some((day) => day > 28);

/** A repeat whose time was that of the first start goes on following it, and its zone; by local time it is sent once. */
export function following(settings: Settings, when: Settings['when']): Settings {
  const { repeat } = settings;
  if (when.mode === 'person') return { ...settings, when, repeat: null };
  if (!repeat || when.mode === 'now') return { ...settings, when };
  const pattern = fromCron(repeat.cron);
  const before = settings.when.mode === 'now' ? null : settings.when.local.slice(11, 16);
  const follows = pattern.kind !== 'custom' && (before === null || pattern.time === before);
  const cron = follows ? toCron({ ...pattern, time: when.local.slice(11, 16) }) : repeat.cron;
  return { ...settings, when, repeat: { ...repeat, zone: when.zone, cron } };
}
