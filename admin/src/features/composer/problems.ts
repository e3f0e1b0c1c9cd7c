// What is missing or wrong in a message, found while it is written. The server checks again; this only tells sooner.
import type { Button, Element, Message } from '../shapes.ts';

/** Where (`0.text`, `2.<button id>.url`) and the key of the sentence below `wizard:problem.` */
export interface MessageProblem {
  path: string;
  key: 'emptyText' | 'noPicture' | 'noLabel' | 'badLink' | 'noAction' | 'noProduct' | 'noPrice' | 'noButtons';
  /** The button's label, for sentences that name it. */
  label?: string;
}

export const messageProblems = (message: Message | undefined): MessageProblem[] =>
  (message?.elements ?? []).flatMap(elementProblems);

function elementProblems(element: Element, index: number): MessageProblem[] {
  const at = String(index);
  switch (element.kind) {
    case 'text':
      return element.text.some((run) => run.text.trim() !== '') ? [] : [{ path: `${at}.text`, key: 'emptyText' }];
    case 'image':
      return element.source === '' ? [{ path: `${at}.source`, key: 'noPicture' }] : [];
    case 'buttons':
      return element.rows.length === 0
        ? [{ path: at, key: 'noButtons' }]
        : element.rows
            .flat()
            .flatMap((button) =>
              buttonProblems(button).map((problem) => ({ ...problem, path: `${at}.${problem.path}` })),
            );
  }
}

export function buttonProblems(button: Button): MessageProblem[] {
  const problems: MessageProblem[] = [];
  const add = (field: string, key: MessageProblem['key']): void => {
    problems.push({ path: `${button.id}.${field}`, key, label: button.label });
  };
  if (button.label.trim() === '') add('label', 'noLabel');
  if (button.kind === 'link' && !isFullAddress(button.url)) add('url', 'badLink');
  if (
    button.kind === 'message' &&
    !button.reply?.some((run) => run.text.trim() !== '') &&
    !button.tag &&
    !button.attribute
  )
    add('action', 'noAction');
  if (button.kind === 'buy' && button.product.name.trim() === '') add('product', 'noProduct');
  if (button.kind === 'buy' && button.product.amount <= 0) add('price', 'noPrice');
  return problems;
}

/** A name without a dot is most often one half typed; this machine's own is meant. */
export function isFullAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && /[.:]|^localhost$/.test(hostname);
}

/** What the server's schema cannot hold yet: a product gets the label for a name until it has one of its own. */
export const savable = (message: Message): Message => ({
  elements: message.elements.map((element) =>
    element.kind === 'buttons' ? { ...element, rows: element.rows.map((row) => row.map(savableButton)) } : element,
  ),
});

const UNNAMED = '…';

function savableButton(button: Button): Button {
  if (button.kind !== 'buy' || button.product.name.trim() !== '') return button;
  return { ...button, product: { ...button.product, name: button.label.trim() || UNNAMED } };
}
