// What can be clicked in a message: each button, and each link inside the text. A link's number within its campaign
// goes into the signed token, so the address people see leads only to what is stored here.
import { buttonsOf, type Message, type Product, type Run } from './message.ts';

export type LinkTarget =
  | { url: string }
  | {
      reply?: Run[] | undefined;
      tag?: string | undefined;
      attribute?: { key: string; value: string | number | boolean } | undefined;
    }
  | { product: Product };

const LINK_KINDS = ['link', 'message', 'buy', 'inline'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export interface Link {
  kind: LinkKind;
  /** The button's id; `inline-1`, `inline-2` … for links inside the text. */
  buttonId: string;
  label: string;
  target: LinkTarget;
}

const LABEL = 200;

export function linksOf(message: Message): Link[] {
  const buttons = buttonsOf(message).flatMap((button): Link | [] => {
    const base = { buttonId: button.id, label: button.label };
    switch (button.kind) {
      case 'link':
        return { ...base, kind: 'link', target: { url: button.url } };
      case 'message':
        return {
          ...base,
          kind: 'message',
          target: { reply: button.reply, tag: button.tag, attribute: button.attribute },
        };
      case 'buy':
        return { ...base, kind: 'buy', target: { product: button.product } };
      case 'contact':
        // Answered by the messenger itself: there is nowhere to lead to.
        return [];
      default:
        return button satisfies never;
    }
  });
  return [...buttons, ...inlineLinks(message)];
}

/** One per address, labelled by the first text that carries it. */
function inlineLinks(message: Message): Link[] {
  const texts = new Map<string, string>();
  for (const element of message.elements) {
    if (element.kind !== 'text') continue;
    for (const run of element.text) if (run.link && !texts.has(run.link)) texts.set(run.link, run.text);
  }
  return [...texts].map(([url, text], index) => ({
    kind: 'inline',
    buttonId: `inline-${index + 1}`,
    label: text.slice(0, LABEL),
    target: { url },
  }));
}
