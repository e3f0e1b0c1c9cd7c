// A fitted message as the JSON another system reads: its elements in order, and the bare words for whoever wants no more. A
// message with more text than one may carry is cut between its elements. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { type Button, type Element, type Message, plainText, type Run } from '../../src/domain/message.ts';
import { TEXT_LIMIT } from './capabilities.ts';

export type WebhookButton =
  | { kind: 'link' | 'buy'; id: string; label: string; url: string }
  /** `token` is what the system sends back when the button is pressed. */
  | { kind: 'message'; id: string; label: string; token: string };

export type WebhookElement =
  | { kind: 'text'; text: string; runs: Run[] }
  | { kind: 'image'; url: string | null; alt: string }
  | { kind: 'buttons'; rows: WebhookButton[][] };

export interface WebhookPayload {
  text: string;
  elements: WebhookElement[];
}

export function render(message: Message, links: RenderLinks): WebhookPayload[] {
  // Buttons alone say nothing: on no channel does such a message go out.
  if (message.elements.every(({ kind }) => kind === 'buttons')) return [];
  const groups: WebhookElement[][] = [];
  let room = 0;
  for (const element of message.elements) {
    const rendered = renderElement(element, links);
    const size = rendered.kind === 'text' ? [...rendered.text].length : 0;
    const last = groups.at(-1);
    if (last && size <= room) {
      last.push(rendered);
      room -= size;
    } else {
      groups.push([rendered]);
      room = TEXT_LIMIT - size;
    }
  }
  return groups.map((elements) => ({
    text: elements.flatMap((element) => (element.kind === 'text' ? [element.text] : [])).join('\n\n'),
    elements,
  }));
}

function renderElement(element: Element, links: RenderLinks): WebhookElement {
  switch (element.kind) {
    case 'text':
      return {
        kind: 'text',
        text: plainText(element.text),
        runs: element.text.map((run) => (run.link === undefined ? run : { ...run, link: links.inline(run.link) })),
      };
    case 'image':
      return { kind: 'image', url: links.image(element.source).url, alt: element.alt ?? '' };
    case 'buttons':
      return { kind: 'buttons', rows: element.rows.map((row) => row.flatMap((button) => renderButton(button, links))) };
    default:
      return element satisfies never;
  }
}

function renderButton({ id, kind, label }: Button, links: RenderLinks): WebhookButton[] {
  const { url, token } = links.button(id);
  switch (kind) {
    case 'link':
    case 'buy':
      return url === undefined ? [] : [{ kind, id, label, url }];
    case 'message':
      return token === undefined ? [] : [{ kind, id, label, token }];
    case 'contact':
      return [];
    default:
      return kind satisfies never;
  }
}
