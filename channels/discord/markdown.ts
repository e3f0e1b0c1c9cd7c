// Writes a rich text in Discord's markdown. Whatever a person wrote or a variable brought in is escaped, so it can neither
// break nor add a mark. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { isBareAddress, type RichText, type Run } from '../../src/domain/message.ts';

const MARKS = [
  ['italic', '*'],
  ['bold', '**'],
  ['underline', '__'],
  ['strike', '~~'],
] as const;

/** Between two marked stretches: their marks must not run together. Takes no room. */
const APART = '\u200b';

export function toMarkdown(text: RichText, links: RenderLinks): string {
  let written = '';
  let marked = false;
  for (const run of joined(text)) {
    const { before, inner, after } = pieces(run.text);
    const marks = inner !== '' && isMarked(run);
    if (marks && marked && before === '') written += APART;
    written += before + (marks ? mark(run, inner, links) : escape(inner)) + after;
    marked = marks && after === '';
  }
  return written;
}

/** Neighbours of one formatting become one run. */
function joined(text: RichText): Run[] {
  const runs: Run[] = [];
  for (const run of text) {
    const last = runs.at(-1);
    if (last && styleOf(last) === styleOf(run)) last.text += run.text;
    else runs.push({ ...run });
  }
  return runs;
}

const styleOf = ({ text: _text, ...style }: Run): string => JSON.stringify(Object.entries(style).toSorted());

const isMarked = (run: Run): boolean =>
  run.link !== undefined || (run.code === true && !run.text.includes('`')) || MARKS.some(([style]) => run[style]);

/** A mark holds only where it touches a word: white space stays outside. */
function pieces(text: string): { before: string; inner: string; after: string } {
  const inner = text.trim();
  const start = text.length - text.trimStart().length;
  return { before: text.slice(0, start), inner, after: inner === '' ? '' : text.slice(start + inner.length) };
}

function mark(run: Run, inner: string, links: RenderLinks): string {
  // Nothing can be escaped inside of code: with a backtick in it, it stays a plain text.
  const code = run.code === true && !inner.includes('`');
  const styled = (words: string): string =>
    code
      ? `\`${inner}\``
      : MARKS.reduce((written, [style, sign]) => (run[style] ? sign + written + sign : written), words);
  if (run.link === undefined) return styled(escape(inner));
  const address = `<${addressOf(links.inline(run.link))}>`;
  if (isBareAddress(run)) return address;
  return HIDES_NOTHING.test(inner) ? `${styled(escape(inner))}: ${address}` : `[${styled(inner)}](${address})`;
}

/**
 * Behind such words no address hides: with another address among them the app shows the whole link as it is written, and it
 * shows the backslash before whatever is escaped there.
 */
const HIDES_NOTHING = /[\\*_~`[\]<\n]|\|\||:\/\//;

const addressOf = (url: string): string =>
  url.replace(/[<>()\s\\]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** All that could mean something; inside of an address a backslash would become part of it. */
const escape = (text: string): string =>
  text
    .split(/(https?:\/\/[^\s<>\\]+)/)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.replace(/[\\*_~`|>#\-+<[\]()@]/g, '\\$&')))
    .join('');
