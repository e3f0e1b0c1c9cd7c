// Checks of what people write into a profile. Each answers the stored form, or null when the text is none.
import { IANAZone } from 'luxon';
import type { PersonProfile } from './channel.ts';

/** Deliberately lenient: one @, something on both sides, a dot in the domain, no blanks. Only a message proves more. */
export const checkEmail = (text: string): string | null =>
  text.length <= 254 && /^[^\s@,;<>"]+@[^\s@,;<>".]+(\.[^\s@,;<>".]+)+$/u.test(text) ? text.toLowerCase() : null;

/** International form: digits after an optional plus; blanks, brackets, dots and dashes are dropped, `00` becomes `+`. */
export function checkPhone(text: string): string | null {
  const bare = text.replace(/[\s().\-\u2010-\u2015/]/g, '').replace(/^00/, '+');
  return /^\+?[0-9]{5,15}$/.test(bare) ? bare : null;
}

/** A BCP 47 tag in its canonical form: `pt_br` becomes `pt-BR`. */
export function checkLocale(text: string): string | null {
  // Asking Intl takes longer than all other checks of a row together, and there are few locales.
  if (locales.size > REMEMBERED) locales.clear();
  const known = locales.get(text);
  if (known !== undefined) return known;
  const locale = askIntl(text);
  locales.set(text, locale);
  return locale;
}

const REMEMBERED = 1000;
const locales = new Map<string, string | null>();

function askIntl(text: string): string | null {
  try {
    const [locale] = Intl.getCanonicalLocales(text.replaceAll('_', '-'));
    return locale && locale.length <= 35 && KNOWN_LANGUAGES.of(locale.split('-')[0]!) ? locale : null;
  } catch {
    return null;
  }
}

/** Answers undefined for a well-formed tag of a language that does not exist. */
const KNOWN_LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

export function checkTimeZone(text: string): string | null {
  if (text.length > 64) return null;
  if (zones.size > REMEMBERED) zones.clear();
  const known = zones.get(text) ?? IANAZone.isValidZone(text);
  zones.set(text, known);
  return known ? text : null;
}

const zones = new Map<string, boolean>();

/**
 * What a platform tells of a person, as the team and an import would have written it. A zone or a language that does not exist
 * is as good as not told: it must not stand in the place of the right one.
 */
export function inStoredForm({ locale, timeZone, phone, email, ...names }: PersonProfile): PersonProfile {
  const language = locale === undefined ? null : checkLocale(locale.trim());
  const zone = timeZone === undefined ? null : checkTimeZone(timeZone.trim());
  return {
    ...names,
    ...(language === null ? {} : { locale: language }),
    ...(zone === null ? {} : { timeZone: zone }),
    ...(phone === undefined ? {} : { phone: checkPhone(phone) ?? phone }),
    ...(email === undefined ? {} : { email: checkEmail(email.trim()) ?? email }),
  };
}
