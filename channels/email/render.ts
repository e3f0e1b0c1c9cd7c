// Turns a fitted message into the contents of one letter: tracked addresses put in, pictures chosen, nothing laid out yet.
// Everything personal is in here, so that the layout can be made once for many. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { type Button, type Message, plainText, type RichText } from '../../src/domain/message.ts';
import { truncate } from '../../src/domain/split.ts';

export interface Letter {
  /** The first line of the text; null where there is none. */
  subject: string | null;
  parts: LetterPart[];
  unsubscribe: string;
  pixel: string;
}

export type LetterPart =
  | { kind: 'text'; text: RichText }
  | { kind: 'image'; picture: Picture; alt: string }
  | { kind: 'buttons'; buttons: { label: string; url: string }[] };

/** An address that mail programs can open, or bytes that travel with the letter. */
export type Picture = { url: string } | { media: string };

const SUBJECT_LENGTH = 120;

export const render = (message: Message, links: RenderLinks): Letter[] => {
  const parts = message.elements.flatMap((element): LetterPart[] => {
    switch (element.kind) {
      case 'text': {
        const text = element.text.filter((run) => run.text !== '').map((run) => tracked(run, links));
        return text.length > 0 ? [{ kind: 'text', text }] : [];
      }
      case 'image': {
        const picture = pictureOf(element.source, links);
        return picture ? [{ kind: 'image', picture, alt: element.alt ?? '' }] : [];
      }
      case 'buttons':
        return element.rows.flatMap((row): LetterPart[] => {
          const buttons = row.flatMap((button) => buttonOf(button, links) ?? []);
          return buttons.length > 0 ? [{ kind: 'buttons', buttons }] : [];
        });
      default:
        return element satisfies never;
    }
  });
  if (parts.length === 0) return [];
  return [{ subject: subjectOf(message), parts, unsubscribe: links.unsubscribe(), pixel: links.pixel() }];
};

function subjectOf({ elements }: Message): string | null {
  for (const element of elements) {
    if (element.kind !== 'text') continue;
    const line = plainText(element.text)
      .split(/[\r\n]+/)
      .map((one) => one.replace(/\s+/g, ' ').trim())
      .find((one) => one !== '');
    if (line !== undefined) return truncate(line, SUBJECT_LENGTH, 'characters');
  }
  return null;
}

const tracked = (run: RichText[number], links: RenderLinks): RichText[number] =>
  run.link === undefined ? run : { ...run, link: links.inline(run.link) };

/** Mail programs fetch over https only; without such an address the bytes go along. */
function pictureOf(source: string, links: RenderLinks): Picture | null {
  const { url, media } = links.image(source);
  if (media !== null && !url?.startsWith('https:')) return { media };
  return url === null ? null : { url };
}

function buttonOf(button: Button, links: RenderLinks): { label: string; url: string } | null {
  const { url } = links.button(button.id);
  if (button.kind === 'link') return { label: button.label, url: url ?? button.url };
  return url === undefined ? null : { label: button.label, url };
}
