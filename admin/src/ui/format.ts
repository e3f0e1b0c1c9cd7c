// Numbers, money, times and lengths of time as the reader's language writes them. Pure: language and zone are arguments.

export const DASH = '–';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const formatNumber = (value: number, language: string): string => new Intl.NumberFormat(language).format(value);

/** "0.4 ms", "120 ms". */
export const formatMilliseconds = (ms: number, language: string): string =>
  new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'millisecond',
    maximumFractionDigits: ms < 10 ? 1 : 0,
  }).format(ms);

export const millisecondSign = (language: string): string =>
  new Intl.NumberFormat(language, { style: 'unit', unit: 'millisecond' })
    .formatToParts(0)
    .find(({ type }) => type === 'unit')?.value ?? 'ms';

/**
 * A share of a base, with one decimal below 10 percent and where all but a few would else be all; the dash when there is
 * nothing to be a share of.
 */
export function formatShare(part: number | null, base: number | null, language: string): string {
  if (part === null || base === null || base <= 0) return DASH;
  const share = part / base;
  const nearlyAll = share < 1 && share >= 0.995;
  const digits = (share > 0 && share < 0.1) || nearlyAll ? 1 : 0;
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: digits }).format(
    nearlyAll ? Math.min(share, 0.999) : share,
  );
}

/** The name of an account as its platform writes it: a handle with its @, a number or an address as it is. */
export const formatUsername = (username: string): string =>
  /^[A-Za-z_][\w.]*$/.test(username) ? `@${username}` : username;

/** Money from minor units, with as many decimals as the currency has. */
export function formatMoney(minor: number, currency: string, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** decimals);
}

/** Sums in several currencies, largest first, joined as the language joins a list. */
export function formatRevenue(revenue: Readonly<Record<string, number>>, language: string): string {
  const sums = Object.entries(revenue).toSorted((a, b) => b[1] - a[1]);
  return sums.map(([currency, minor]) => formatMoney(minor, currency, language)).join(' + ');
}

/** Browsers still say the names that the time zone database has given up; the people who live there do not. */
const RENAMED: Readonly<Record<string, string>> = {
  'America/Godthab': 'America/Nuuk',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
};

export const currentZone = (zone: string): string => RENAMED[zone] ?? zone;

/** City of a zone, as people name it: `Europe/Berlin` is Berlin, `UTC` stays. */
export const zoneCity = (zone: string): string => (currentZone(zone).split('/').at(-1) ?? zone).replaceAll('_', ' ');

/** Today's times without the date, this year's without the year. */
export function formatTime(at: number, zone: string, language: string, now: number): string {
  const day = (time: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(time);
  const sameYear = day(at).slice(0, 4) === day(now).slice(0, 4);
  const date: Intl.DateTimeFormatOptions =
    day(at) === day(now) ? {} : { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) };
  return new Intl.DateTimeFormat(language, { ...date, hour: 'numeric', minute: '2-digit', timeZone: zone }).format(at);
}

/** Day and time, the day in a word where there is one: "today, 18:00". For lists, where the day is never clear. */
export function formatMoment(at: number, zone: string, language: string, now: number): string {
  const day = (time: number): number =>
    Date.parse(new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(time)) / DAY_MS;
  const away = day(at) - day(now);
  if (Math.abs(away) > 1) return formatTime(at, zone, language, now);
  const word = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(away, 'day');
  const time = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit', timeZone: zone }).format(at);
  return `${word}, ${time}`;
}

export const formatFullTime = (at: number, zone: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short', timeZone: zone }).format(at);

/** "in 18 hours", "5 minutes ago": the largest unit that fits. */
export function formatRelative(at: number, now: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const ms = at - now;
  const size = Math.abs(ms);
  if (size < MINUTE_MS) return format.format(Math.round(ms / 1000), 'second');
  if (size < HOUR_MS) return format.format(Math.round(ms / MINUTE_MS), 'minute');
  if (size < DAY_MS) return format.format(Math.round(ms / HOUR_MS), 'hour');
  return format.format(Math.round(ms / DAY_MS), 'day');
}

/** A length of time in its two largest units: "8 min", "1 hr 20 min". */
export function formatDuration(seconds: number, language: string): string {
  const unit = (value: number, name: string): string =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (seconds < 60) return unit(Math.max(1, Math.round(seconds)), 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  if (hours < 48)
    return minutes % 60 === 0 ? unit(hours, 'hour') : `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}`;
  return unit(Math.round(hours / 24), 'day');
}
