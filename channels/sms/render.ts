// Turns a fitted message into texts: paragraphs go into one message as far as it may be long, since each message is paid
// for by itself. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import { splitText } from '../../src/domain/split.ts';
import { plainRuns } from '../lib/plain.ts';
import { CAPABILITIES } from './capabilities.ts';

export interface SmsPayload {
  body: string;
}

const { textLimit, textUnit } = CAPABILITIES;
const BETWEEN = '\n\n';

export function render(message: Message, links: RenderLinks): SmsPayload[] {
  const texts = message.elements.flatMap((element) => {
    const text = element.kind === 'text' ? plainRuns(element.text, links).trim() : '';
    // A tracked address may be longer than the one it stands for.
    return splitText([{ text }], textLimit, textUnit).map((runs) => runs.map((run) => run.text).join(''));
  });
  const bodies: string[] = [];
  for (const text of texts.filter((one) => one !== '')) {
    const joined = [...bodies.splice(-1), text];
    const together = joined.join(BETWEEN);
    bodies.push(...(together.length <= textLimit ? [together] : joined));
  }
  return bodies.map((body) => ({ body }));
}
