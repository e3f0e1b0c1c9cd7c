// Cuts a text by the length of what it is rendered to: marks, escapes and addresses come on top of what people read, and
// platforms count those too.
import { plainText, type RichText } from '../../src/domain/message.ts';
import { splitText } from '../../src/domain/split.ts';

/** The text as rendered, in as many parts as it takes for each to stay within the limit, in UTF-16 units. */
export function renderWithin(text: RichText, limit: number, render: (text: RichText) => string): string[] {
  const whole = render(text);
  if (whole.length <= limit) return [whole];
  const length = plainText(text).length;
  const fitting = Math.max(1, Math.min(length - 1, Math.floor((length * limit * 0.9) / whole.length)));
  const parts = splitText(text, fitting, 'utf16');
  return parts.length < 2 ? [whole] : parts.flatMap((part) => renderWithin(part, limit, render));
}
