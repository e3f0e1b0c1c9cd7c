// How long a mailing takes, in words of the reader's language. Always rounded up: nobody minds being done early.

const MINUTE = 60;
const HOUR = 3600;

/** Seconds to send to so many people at this speed. */
export const secondsFor = (people: number, perSecond: number): number =>
  people === 0 ? 0 : Math.max(1, Math.ceil(people / perSecond));

/** "8 minutes", "2 hours 5 minutes", "40 seconds". */
export function durationWords(seconds: number, language: string): string {
  if (seconds < MINUTE) return unit(Math.max(1, Math.ceil(seconds)), 'second', language);
  if (seconds < HOUR) return unit(Math.ceil(seconds / MINUTE), 'minute', language);
  const minutes = Math.ceil(seconds / MINUTE);
  const parts = [unit(Math.floor(minutes / MINUTE), 'hour', language)];
  if (minutes % MINUTE > 0) parts.push(unit(minutes % MINUTE, 'minute', language));
  return new Intl.ListFormat(language, { type: 'unit', style: 'narrow' }).format(parts);
}

const unit = (value: number, name: 'second' | 'minute' | 'hour', language: string): string =>
  new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'long' }).format(value);
