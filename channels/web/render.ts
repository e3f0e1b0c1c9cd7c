// Turns a message into what the widget draws. Everything that fits travels in one payload; a message with more text
// than one may carry is cut between its elements.
import type { Payload, RenderLinks } from '../../src/domain/channel.ts';
import type { WebButton, WebElement } from '../../src/domain/mailbox.ts';
import { type Button, type Element, type Message, plainText } from '../../src/domain/message.ts';

/** Characters of text in one payload. Ours to choose: long enough for any message, short enough for a small window. */
export const TEXT_LIMIT = 10_000;

export function render(message: Message, links: RenderLinks): Payload[] {
  // Buttons alone say nothing: on no channel does such a message go out.
  if (message.elements.every(({ kind }) => kind === 'buttons')) return [];
  const groups: WebElement[][] = [];
  let length = 0;
  for (const element of message.elements) {
    const size = element.kind === 'text' ? [...plainText(element.text)].length : 0;
    const group = groups.at(-1);
    if (group && length + size <= TEXT_LIMIT) {
      group.push(renderElement(element, links));
      length += size;
    } else {
      groups.push([renderElement(element, links)]);
      length = size;
    }
  }
  return groups.map((elements) => ({ elements }));
}

function renderElement(element: Element, links: RenderLinks): WebElement {
  switch (element.kind) {
    case 'text':
      return {
        kind: 'text',
        text: element.text.map((run) => (run.link === undefined ? run : { ...run, link: links.inline(run.link) })),
      };
    case 'image':
      return { kind: 'image', ...links.image(element.source), alt: element.alt ?? '' };
    case 'buttons':
      return { kind: 'buttons', rows: element.rows.map((row) => row.map((button) => renderButton(button, links))) };
    default:
      return element satisfies never;
  }
}

function renderButton({ id, kind, label }: Button, links: RenderLinks): WebButton {
  const { url, token } = links.button(id);
  return {
    id,
    kind,
    label,
    ...(kind !== 'message' && url !== undefined && { url }),
    ...(kind === 'message' && token !== undefined && { token }),
  };
}
