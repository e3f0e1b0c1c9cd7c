// How the house normalises text, so that a comparison in SQL and the same one in memory always agree.

/** NFC, well formed, without control characters (but for line breaks and tabs) and blanks at the ends. */
export const cleanText = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[^\P{Cc}\t\n\r]/gu, '')
    .trim();

/** Cleaned and cut to a number of code points; null when nothing is left. */
export function cleanOrNull(text: string | null | undefined, limit: number): string | null {
  const clean = cleanText(text ?? '');
  return clean === '' ? null : cut(clean, limit);
}

/** Cuts between code points, never inside one. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : [...text].slice(0, limit).join('').trim();
}

/** One code point becomes one code point, as databases do it: no special ß, İ or final sigma. */
export function lowerCase(text: string): string {
  // Nearly all texts come out alike the fast way; only these two letters differ.
  if (!/[İΣ]/.test(text)) return text.toLowerCase();
  return [...text].map((letter) => [...letter.toLowerCase()][0]).join('');
}

const SEARCH_TEXT_LIMIT = 700;

/** The one text a person is searched by. */
export const searchTextOf = (...parts: (string | null | undefined)[]): string =>
  cut(lowerCase(cleanText(parts.filter(Boolean).join(' '))), SEARCH_TEXT_LIMIT);

/** A person's name as shown; empty when none is known. */
export const fullName = (firstName: string | null, lastName: string | null): string =>
  [firstName, lastName].filter(Boolean).join(' ');
