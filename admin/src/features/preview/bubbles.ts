// Groups a message's elements into the bubbles a messenger shows: a picture with the text that follows is one bubble, and
// buttons belong to the bubble before them.
import type { Button, ElementOf, Message } from '../shapes.ts';

export interface Bubble {
  image: ElementOf<'image'> | null;
  text: ElementOf<'text'>['text'];
  rows: Button[][];
}

export function bubblesOf(message: Message): Bubble[] {
  const bubbles: Bubble[] = [];
  for (const element of message.elements) {
    const last = bubbles.at(-1);
    if (element.kind === 'buttons') {
      if (last && last.rows.length === 0) last.rows = element.rows;
      else bubbles.push({ image: null, text: [], rows: element.rows });
    } else if (element.kind === 'image') {
      if (element.source !== '') bubbles.push({ image: element, text: [], rows: [] });
    } else if (element.text.length > 0) {
      if (last?.image && last.text.length === 0 && last.rows.length === 0) last.text = element.text;
      else bubbles.push({ image: null, text: element.text, rows: [] });
    }
  }
  return bubbles;
}

/** Where the page can show a picture from; null for one elsewhere on the internet, which the page never asks for. */
export const pictureAddress = (source: string): string | null =>
  source.startsWith('media:') ? `/media/${source.slice('media:'.length)}` : null;
