// Cuts a long text into parts that each stay within a limit, at the best place there is: between paragraphs, sentences
// or words, and only then inside a word, never inside a character as people see it.
import type { Capabilities } from './capabilities.ts';
import { isBareAddress, plainText, type RichText, type Run } from './message.ts';

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

// --- Room for addresses ---------------------------------------------------------------------

type LinkManner = Pick<Capabilities, 'textUnit' | 'formatting' | 'batch'>;

/**
 * The longest a tracked address is taken to be: an installation's own address of up to 60 characters and 40 for the token,
 * more where the receiver's id is put into it.
 */
const TRACKED_LENGTH = 100;
const RECEIVER_LENGTH = 60;

/** How much room a run takes that is not shown as it is; null for all others. */
export type Room = (run: Run) => number | null;

/** On channels that show addresses the tracked one is shown, which is not known before the message is rendered. */
export function roomFor({ textUnit, formatting, batch }: LinkManner): Room {
  if (formatting.includes('link')) return noRoom;
  const least = TRACKED_LENGTH + (batch.placeholder === null ? 0 : RECEIVER_LENGTH);
  return (run) => (isBareAddress(run) ? Math.max(least, measure(run.text, textUnit)) : null);
}

const noRoom: Room = () => null;

/** How long a text is on a channel, with room for the addresses in it. */
export const lengthOf = (text: RichText, manner: LinkManner): number =>
  measure(plainText(stretched(text, roomFor(manner))), manner.textUnit);

/** Takes the place of what is not known yet; one of it measures one in every unit. */
const STAND_IN = '\u0001';

const stretched = (text: RichText, room: Room): RichText =>
  text.map((run) => {
    const length = room(run);
    return length === null ? run : { ...run, text: STAND_IN.repeat(length) };
  });

const isStandIn = (run: Run): run is Run & { link: string } =>
  run.link !== undefined && run.text !== '' && run.text === STAND_IN.repeat(run.text.length);

const restored = (text: RichText): RichText => text.map((run) => (isStandIn(run) ? { ...run, text: run.link } : run));

/** The stretches that may not be cut. */
function solids(text: RichText): { from: number; to: number }[] {
  let at = 0;
  return text.flatMap((run) => {
    const from = at;
    at += run.text.length;
    return isStandIn(run) ? [{ from, to: at }] : [];
  });
}

/** A cut within an address moves before it, or behind it where nothing else is left to cut off. */
function outside(solid: readonly { from: number; to: number }[], start: number, cut: number): number {
  const crossed = solid.find(({ from, to }) => from < cut && cut < to);
  if (!crossed) return cut;
  return crossed.from > start ? crossed.from : crossed.to;
}

// --- Splitting ------------------------------------------------------------------------------

/** The text in parts of at most `limit`; white space at a cut is left out. What takes `room` is never cut. */
export function splitText(text: RichText, limit: number, unit: TextUnit, room: Room = noRoom): RichText[] {
  const runs = stretched(text, room);
  const whole = plainText(runs);
  if (measure(whole, unit) <= limit) return [text];
  const solid = solids(runs);
  const parts: RichText[] = [];
  let start = 0;
  while (start < whole.length) {
    const rest = whole.slice(start).trimStart();
    const from = whole.length - rest.length;
    const length = measure(rest, unit) <= limit ? rest.length : cutWithin(rest, longestPrefix(rest, limit, unit));
    const end = outside(solid, from, from + length);
    const part = whole.slice(from, end).trimEnd();
    if (part !== '') parts.push(restored(sliceRuns(runs, from, from + part.length)));
    start = end;
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

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The last boundary between visible characters at or before `index`; a character longer than all that fits is cut. */
const visibleBoundary = (text: string, index: number): number =>
  segmenter.segment(text).containing(index)?.index || index;

export function sliceRuns(text: RichText, from: number, to: number): RichText {
  let at = 0;
  return text.flatMap((run) => {
    const start = Math.max(0, from - at);
    const end = Math.min(run.text.length, to - at);
    at += run.text.length;
    return end > start ? [{ ...run, text: run.text.slice(start, end) }] : [];
  });
}
