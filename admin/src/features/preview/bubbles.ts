// Groups a message's elements into the bubbles a messenger shows, by the rule it is sent by: a text right behind a picture
// rides on it where it is short enough, and buttons belong to the bubble before them.
import { textLength } from '../composer/count.ts';
import type { Button, Capabilities, ElementOf, Message } from '../shapes.ts';

export interface Bubble {
  image: ElementOf<'image'> | null;
  text: ElementOf<'text'>['text'];
  rows: Button[][];
}

/** How long a text may be that rides on a picture. */
export type CaptionLimits = Pick<Capabilities, 'captionLimit' | 'textUnit'>;

export function bubblesOf(message: Message, limits: CaptionLimits): Bubble[] {
  const bubbles: Bubble[] = [];
  for (const element of message.elements) {
    const last = bubbles.at(-1);
    if (element.kind === 'buttons') {
      if (last) last.rows.push(...element.rows);
      else bubbles.push({ image: null, text: [], rows: [...element.rows] });
    } else if (element.kind === 'image') {
      if (element.source === '') continue;
      if (last && isBare(last)) last.image = element;
      else bubbles.push({ image: element, text: [], rows: [] });
    } else if (element.text.length > 0) {
      if (last && takes(last, element, limits)) last.text = element.text;
      else bubbles.push({ image: null, text: element.text, rows: [] });
    }
  }
  return bubbles;
}

/** Buttons at the very beginning stand under whatever comes next. */
const isBare = ({ image, text }: Bubble): boolean => image === null && text.length === 0;

function takes(bubble: Bubble, { text }: ElementOf<'text'>, { captionLimit, textUnit }: CaptionLimits): boolean {
  if (isBare(bubble)) return true;
  if (bubble.image === null || bubble.text.length > 0) return false;
  return bubble.rows.length === 0 && textLength(text.map((run) => run.text).join(''), textUnit) <= captionLimit;
}

/** Where the page can show a picture from; null for one elsewhere on the internet, which the page never asks for. */
export const pictureAddress = (source: string): string | null =>
  source.startsWith('media:') ? `/media/${source.slice('media:'.length)}` : null;
