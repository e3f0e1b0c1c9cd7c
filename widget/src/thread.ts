// The conversation: an ordered log that only grows, with receipts for what arrived and for what was really seen.
import type { WebMessage } from '../../src/http/api/widget.ts';
import { h } from './dom.ts';
import { type Drawing, drawElement } from './message.ts';

export interface ThreadDeps {
  base: string;
  text(key: string): string;
  language(): string;
  onPress(token: string, label: string): void;
  /** Up to here everything was seen on an earlier page. */
  seenUpTo(): number;
  /** These messages of ours came into view while the page was looked at. */
  onSeen(numbers: number[]): void;
}

export interface Thread {
  element: HTMLElement;
  /** Answers the numbers of our messages that were not there before. */
  add(messages: WebMessage[]): number[];
  /** The visitor's own words, shown before the server has them. */
  echo(id: string, text: string): void;
  settle(ids: string[], taken: boolean): void;
  /** A line from the chat itself. */
  note(text: string): void;
  clear(): void;
  scrollToNew(): void;
}

const SEEN_SHARE = 0.5;
const NEAR_BOTTOM_PX = 80;

export function createThread(deps: ThreadDeps): Thread {
  const element = h('div', { class: 'thread', role: 'log', 'aria-live': 'polite', tabindex: '0' });
  const numbers = new Set<number>();
  const own = new Map<string, HTMLElement>();
  const pressed = new Set<string>();
  const unseen = new Map<Element, number>();
  let firstUnseen: Element | null = null;

  const drawing: Drawing = {
    base: deps.base,
    text: deps.text,
    isPressed: (token) => pressed.has(token),
    onPress: (button, token) => deps.onPress(token, button.label),
    onGrown: () => stickToBottom(),
  };

  // Half of a message, or half of the window filled with it, counts as seen.
  const watcher = new IntersectionObserver(
    (entries) => {
      if (document.visibilityState !== 'visible') return;
      report(entries.filter(isSeen).map(({ target }) => target));
    },
    { root: element, threshold: [0, 0.25, SEEN_SHARE, 1] },
  );

  const isSeen = ({ intersectionRatio, intersectionRect, rootBounds }: IntersectionObserverEntry): boolean =>
    intersectionRatio >= SEEN_SHARE ||
    (intersectionRect.height > 0 && intersectionRect.height >= (rootBounds?.height ?? Infinity) * SEEN_SHARE);

  function report(targets: Element[]): void {
    const seen = targets.flatMap((target) => {
      const number = unseen.get(target);
      watcher.unobserve(target);
      unseen.delete(target);
      if (firstUnseen === target) firstUnseen = null;
      return number === undefined ? [] : [number];
    });
    if (seen.length > 0) deps.onSeen(seen);
  }

  // What came while the page lay in the background is looked at again when it comes forward.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    for (const target of unseen.keys()) {
      watcher.unobserve(target);
      watcher.observe(target);
    }
  });

  function stickToBottom(): void {
    if (element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_BOTTOM_PX * 4) toBottom();
  }
  const toBottom = (): void => element.scrollTo({ top: element.scrollHeight });

  function append(node: HTMLElement, stick: boolean): void {
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_BOTTOM_PX;
    element.append(node);
    if (stick || near) toBottom();
  }

  function addOurs(message: Extract<WebMessage, { direction: 'out' }>): void {
    const bubble = h('div', { class: 'bubble' }, ...message.payload.elements.map((part) => drawElement(part, drawing)));
    const item = h('div', { class: 'item ours' }, bubble, time(message.at, deps.language()));
    append(item, false);
    if (message.seq <= deps.seenUpTo()) return;
    unseen.set(item, message.seq);
    firstUnseen ??= item;
    watcher.observe(item);
  }

  function addTheirs(id: string, text: string, at: number | null): HTMLElement {
    const item = h(
      'div',
      { class: 'item theirs' },
      h('div', { class: 'bubble' }, h('p', {}, h('span', { class: 'hidden' }, `${deps.text('you')}: `), text)),
      at === null ? h('small', {}, deps.text('sending')) : time(at, deps.language()),
    );
    own.set(id, item);
    append(item, true);
    return item;
  }

  return {
    element,
    add(messages) {
      const fresh = messages.filter(({ seq }) => !numbers.has(seq));
      // First what was pressed: a button is drawn as chosen from the start.
      for (const { direction, payload } of fresh) if (direction === 'in' && payload.token) pressed.add(payload.token);
      for (const message of fresh) {
        numbers.add(message.seq);
        if (message.direction === 'out') addOurs(message);
        else if (own.has(message.payload.id)) confirm(own.get(message.payload.id), message.at);
        else if (message.payload.text !== '') addTheirs(message.payload.id, message.payload.text, message.at);
      }
      return fresh.filter(({ direction }) => direction === 'out').map(({ seq }) => seq);
    },
    echo(id, text) {
      addTheirs(id, text, null).classList.add('waiting');
    },
    settle(ids, taken) {
      for (const id of ids) {
        const item = own.get(id);
        if (!item?.classList.contains('waiting')) continue;
        item.classList.remove('waiting');
        if (taken) confirm(item, Date.now());
        else item.lastElementChild?.replaceWith(h('small', { class: 'problem' }, deps.text('refused')));
      }
    },
    note: (text) => append(h('p', { class: 'note' }, text), true),
    clear() {
      numbers.clear();
      own.clear();
      pressed.clear();
      unseen.clear();
      watcher.disconnect();
      element.replaceChildren();
    },
    scrollToNew() {
      if (firstUnseen) firstUnseen.scrollIntoView({ block: 'nearest' });
      else toBottom();
    },
  };

  function confirm(item: HTMLElement | undefined, at: number): void {
    item?.classList.remove('waiting');
    item?.lastElementChild?.replaceWith(time(at, deps.language()));
  }
}

const DAY_MS = 86_400_000;

function time(at: number, language: string): HTMLElement {
  const today = Math.abs(Date.now() - at) < DAY_MS && new Date(at).getDate() === new Date().getDate();
  const clock = { hour: 'numeric', minute: '2-digit' } as const;
  const format = new Intl.DateTimeFormat(language, today ? clock : { ...clock, day: 'numeric', month: 'short' });
  return h('time', { datetime: new Date(at).toISOString() }, format.format(at));
}
