// How a fitted message falls into calls: one block per text or picture, in order. A text right behind a picture rides
// on it where it is short enough; buttons belong to the block before them. Renderers and `fit` share this one rule.
import type { Capabilities } from './capabilities.ts';
import type { Button, Message, RichText } from './message.ts';
import { lengthOf } from './split.ts';

export type Block =
  | { kind: 'text'; text: RichText; rows: Button[][] }
  | { kind: 'image'; source: string; alt: string; caption: RichText; rows: Button[][] };

export type CaptionLimits = Pick<Capabilities, 'captionLimit' | 'textUnit' | 'formatting' | 'batch'>;

export function layout(message: Message, limits: CaptionLimits): Block[] {
  const blocks: Block[] = [];
  /** Buttons that come before anything they could stand under. */
  let early: Button[][] = [];
  for (const element of message.elements) {
    const last = blocks.at(-1);
    switch (element.kind) {
      case 'text':
        if (last && takesCaption(last, element.text, limits)) last.caption = element.text;
        else blocks.push({ kind: 'text', text: element.text, rows: [] });
        break;
      case 'image':
        blocks.push({ kind: 'image', source: element.source, alt: element.alt ?? '', caption: [], rows: [] });
        break;
      case 'buttons':
        if (last) last.rows.push(...element.rows);
        else early.push(...element.rows);
        break;
      default:
        element satisfies never;
    }
    const first = blocks[0];
    if (early.length > 0 && first) {
      first.rows.unshift(...early);
      early = [];
    }
  }
  return blocks;
}

const takesCaption = (block: Block, text: RichText, limits: CaptionLimits): block is Block & { kind: 'image' } =>
  block.kind === 'image' &&
  block.caption.length === 0 &&
  block.rows.length === 0 &&
  lengthOf(text, limits) <= limits.captionLimit;
