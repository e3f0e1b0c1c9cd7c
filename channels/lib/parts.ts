// Cuts a text by the size of what it is rendered to: marks, escapes and addresses come on top of what people read, and
// platforms count those too.
import { plainText, type RichText } from '../../src/domain/message.ts';
import { splitText } from '../../src/domain/split.ts';

/** The text in as many parts as it takes for each to stay within the limit as `sizeOf` measures it. */
export function partsWithin(text: RichText, limit: number, sizeOf: (text: RichText) => number): RichText[] {
  const size = sizeOf(text);
  if (size <= limit) return [text];
  const length = plainText(text).length;
  const fitting = Math.max(1, Math.min(length - 1, Math.floor((length * limit * 0.9) / size)));
  const parts = splitText(text, fitting, 'utf16');
  return parts.length < 2 ? [text] : parts.flatMap((part) => partsWithin(part, limit, sizeOf));
}

/** The text as rendered, in parts that are no longer than the limit, in UTF-16 units. */
export const renderWithin = (text: RichText, limit: number, render: (text: RichText) => string): string[] =>
  partsWithin(text, limit, (part) => render(part).length).map(render);
