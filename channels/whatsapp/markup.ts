// Formatting on WhatsApp is made of characters in the text, and there is no way to say that one is meant as it stands. So a
// text that holds any of them itself goes as it is: nothing that a person wrote or a variable brought in is ever bent. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { isBareAddress, plainText, type RichText, type Run } from '../../src/domain/message.ts';
import { plainRuns } from '../lib/plain.ts';

const MARKS = [
  ['strike', '~'],
  ['italic', '_'],
  ['bold', '*'],
] as const;
const CODE = '`';

/** The text with marks around what is formatted, wherever the messenger would read them as such. */
export function toMarkup(text: RichText, links: RenderLinks): string {
  const own = text.filter((run) => !isBareAddress(run));
  if (/[*_~`]/.test(plainText(own))) return plainRuns(text, links);
  const whole = plainText(text);
  let at = 0;
  return text
    .map((run) => {
      const [before, after] = [whole.charAt(at - 1), whole.charAt(at + run.text.length)];
      at += run.text.length;
      return isBareAddress(run) ? links.inline(run.link) : marked(run, before, after);
    })
    .join('');
}

/** Marks stand close to words, do not reach over a line, and have no letter on their outside. */
function marked(run: Run, before: string, after: string): string {
  const marks = run.code ? [CODE] : MARKS.filter(([style]) => run[style]).map(([, mark]) => mark);
  if (marks.length === 0) return run.text;
  const [open, close] = [marks.toReversed().join(''), marks.join('')];
  const lines = run.text.split('\n');
  return lines
    .map((line, index) => {
      const [, lead = '', words = '', trail = ''] = /^(\s*)(.*?)(\s*)$/su.exec(line) ?? [];
      const outside = [lead || (index === 0 ? before : ''), trail || (index === lines.length - 1 ? after : '')];
      if (words === '' || outside.some((neighbour) => /[\p{L}\p{N}]/u.test(neighbour))) return line;
      return `${lead}${open}${words}${close}${trail}`;
    })
    .join('\n');
}
