// Cuts a long text into parts that each stay within a limit, at the best place there is: between paragraphs, sentences
// or words, and only then inside a word, never inside a character as people see it.
import type { Capabilities } from './channel.ts';
import type { RichText } from './message.ts';

export type TextUnit = Capabilities['textUnit'];

const encoder = new TextEncoder();

/** How long the platform finds a text. */
export function measure(text: string, unit: TextUnit): number {
  switch (unit) {
    case 'utf16':
      return text.length;
    case 'bytes':
      return encoder.encode(text).length;
    case 'characters': {
      let count = 0;
      for (const _ of text) count += 1;
      return count;
    }
    default:
      return unit satisfies never;
  }
}

/** The beginning of a text that stays within the limit, cut between visible characters. */
export function truncate(text: string, limit: number, unit: TextUnit): string {
  if (measure(text, unit) <= limit) return text;
  return text.slice(0, visibleBoundary(text, longestPrefix(text, limit, unit)));
}

/** The text in parts of at most `limit`; white space at a cut is left out. */
export function splitText(text: RichText, limit: number, unit: TextUnit): RichText[] {
  const whole = text.map((run) => run.text).join('');
  if (measure(whole, unit) <= limit) return [text];
  const parts: RichText[] = [];
  let start = 0;
  while (start < whole.length) {
    const rest = whole.slice(start).trimStart();
    const from = whole.length - rest.length;
    const length = measure(rest, unit) <= limit ? rest.length : cutWithin(rest, longestPrefix(rest, limit, unit));
    const part = rest.slice(0, length).trimEnd();
    if (part !== '') parts.push(sliceRuns(text, from, from + part.length));
    start = from + length;
  }
  return parts;
}

/** Index after the last whole code point that still fits; at least one code point, or nothing would ever move on. */
function longestPrefix(text: string, limit: number, unit: TextUnit): number {
  let index = 0;
  let used = 0;
  for (const point of text) {
    used += measure(point, unit);
    if (used > limit && index > 0) break;
    index += point.length;
  }
  return index;
}

/** A cut must leave the part at least this full, or a worse kind of boundary is taken. */
const LEAST_FULL = 1 / 3;
const BOUNDARIES = [/\n\s*\n/g, /\n|[.!?…。！？]["'”»)]*\s/g, /\s/g];

function cutWithin(text: string, most: number): number {
  // One more than fits, so that white space right behind the last fitting word counts as its boundary.
  const head = text.slice(0, most + 1);
  for (const boundary of BOUNDARIES) {
    let best = 0;
    for (const match of head.matchAll(boundary)) {
      const kept = match.index + match[0].trimEnd().length;
      if (kept <= most) best = kept;
    }
    if (best > 0 && best >= most * LEAST_FULL) return best;
  }
  return visibleBoundary(text, most);
}

const WINDOW = 64;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The last boundary between visible characters at or before `index`, when one is near. */
function visibleBoundary(text: string, index: number): number {
  let from = Math.max(0, index - WINDOW);
  if (isLowSurrogate(text, from)) from += 1;
  let best = 0;
  for (const { index: at } of segmenter.segment(text.slice(from, index + WINDOW))) {
    if (from + at <= index) best = from + at;
  }
  return best > 0 ? best : index;
}

const isLowSurrogate = (text: string, index: number): boolean => (text.charCodeAt(index) & 0xfc00) === 0xdc00;

export function sliceRuns(text: RichText, from: number, to: number): RichText {
  let at = 0;
  return text.flatMap((run) => {
    const start = Math.max(0, from - at);
    const end = Math.min(run.text.length, to - at);
    at += run.text.length;
    return end > start ? [{ ...run, text: run.text.slice(start, end) }] : [];
  });
}
