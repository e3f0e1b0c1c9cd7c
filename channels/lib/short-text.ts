// A message as the texts it makes on a network that knows nothing but text: paragraphs go into one text as far as it may be
// long, since each text is paid for by itself. Pure.
import type { Capabilities } from '../../src/domain/capabilities.ts';
import type { RenderLinks } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { measure, splitText } from '../../src/domain/split.ts';
import { plainRuns } from './plain.ts';

const BETWEEN = '\n\n';

export function shortTexts(
  message: Message,
  links: RenderLinks,
  { limit, unit }: { limit: number; unit: Capabilities['textUnit'] },
): string[] {
  const texts = message.elements.flatMap((element) => {
    const text = element.kind === 'text' ? plainRuns(element.text, links).trim() : '';
    // A tracked address may be longer than the one it stands for.
    return splitText([{ text }], limit, unit).map((runs) => runs.map((run) => run.text).join(''));
  });
  const joined: string[] = [];
  for (const text of texts.filter((one) => one !== '')) {
    const both = [...joined.splice(-1), text];
    const together = both.join(BETWEEN);
    joined.push(...(measure(together, unit) <= limit ? [together] : both));
  }
  return joined;
}
