// The platform's JSON. Its message tokens are whole numbers beyond 2^53, which a JavaScript number cannot hold: they are
// read as texts.
import { parseJson } from '../lib/json.ts';

/** A text, passed over, or a whole number of 16 digits and more. */
const TEXT_OR_LONG = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** Undefined for what is no JSON. */
export function readJson(text: string): unknown {
  return parseJson(text.replace(TEXT_OR_LONG, (found) => (found.startsWith('"') ? found : `"${found}"`)));
}

/** A message token, long or short; null where there is none. */
export const tokenOf = (value: unknown): string | null => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? value : null;
};
