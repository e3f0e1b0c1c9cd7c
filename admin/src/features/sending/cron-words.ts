// A cron line that is none of the usual patterns, told field by field. Names of days and months come from the browser, so
// no language is taught them twice.

export interface CronWords {
  minutes: string;
  hours: string;
  days: string | null;
  months: string | null;
  weekdays: string | null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** 1 Monday to 7 Sunday. 4 January 2021 was a Monday. */
export const weekdayName = (day: number, language: string, style: 'short' | 'long' = 'short'): string =>
  new Intl.DateTimeFormat(language, { weekday: style, timeZone: 'UTC' }).format(Date.UTC(2021, 0, 3 + day));

const monthName = (month: number, language: string): string =>
  new Intl.DateTimeFormat(language, { month: 'short', timeZone: 'UTC' }).format(Date.UTC(2021, month - 1, 1));

/** Null where the five fields are not there. */
export function cronWords(cron: string, language: string): CronWords | null {
  const fields = cron.trim().toLowerCase().split(/\s+/);
  const [minutes, hours, days, months, weekdays] = fields;
  if (fields.length !== 5 || !minutes || !hours || !days || !months || !weekdays) return null;
  const plain = (field: string): string | null => (field === '*' || field === '?' ? null : readable(field));
  return {
    minutes: readable(minutes),
    hours: readable(hours),
    days: plain(days),
    months: plain(named(months, MONTHS, 1, (month) => monthName(month, language))),
    weekdays: plain(named(weekdays, DAYS, 0, (day) => weekdayName(day === 0 ? 7 : day, language))),
  };
}

/** Ranges with a dash that joins, lists with a space. */
const readable = (field: string): string => field.replaceAll('-', '–').replaceAll(',', ', ');

/** Numbers and English short names become names in the reader's language; steps stay numbers. */
const named = (field: string, names: readonly string[], first: 0 | 1, name: (value: number) => string): string =>
  field.replaceAll(/(?<![/\d])(\d+|[a-z]{3})/g, (part) => {
    const value = /^\d/.test(part) ? Number(part) : names.indexOf(part) + first;
    // Sunday is 0 and 7; months end with 12.
    return value >= first && value <= (first === 0 ? 7 : names.length) ? name(value) : part;
  });
