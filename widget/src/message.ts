// Draws one message. Formatting becomes elements, addresses pass an allow-list, and whatever else came stays text.
import type { RichText } from '../../src/domain/message.ts';
import type { WebButton, WebElement } from '../../src/domain/mailbox.ts';
import { h, safeImage, safeLink } from './dom.ts';

export interface Drawing {
  /** Where our own pictures are served. */
  base: string;
  text(key: string): string;
  isPressed(token: string): boolean;
  onPress(button: WebButton, token: string): void;
  /** A picture has its size now. */
  onGrown(): void;
}

export function drawElement(element: WebElement, drawing: Drawing): Node | null {
  if (element.kind === 'text') return h('p', {}, ...drawText(element.text, drawing));
  if (element.kind === 'image') return drawImage(element, drawing);
  if (element.kind === 'buttons') {
    return h(
      'div',
      { class: 'buttons' },
      ...element.rows.map((row) => h('div', { class: 'row' }, ...row.map((button) => drawButton(button, drawing)))),
    );
  }
  // A kind that a newer server knows: left out rather than broken.
  return null;
}

const MARKS = [
  ['bold', 'strong'],
  ['italic', 'em'],
  ['underline', 'u'],
  ['strike', 's'],
  ['code', 'code'],
] as const;

const drawText = (text: RichText, drawing: Drawing): Node[] =>
  text.map((run) => {
    let node: Node = document.createTextNode(run.text);
    for (const [mark, tag] of MARKS) if (run[mark]) node = h(tag, {}, node);
    const href = safeLink(run.link);
    return href ? drawLink({ href }, drawing, node) : node;
  });

const drawLink = (props: { href: string; class?: string }, { text }: Drawing, content: Node): HTMLAnchorElement =>
  h(
    'a',
    { ...props, target: '_blank', rel: 'noopener noreferrer' },
    content,
    h('span', { class: 'hidden' }, ` (${text('newTab')})`),
  );

function drawImage({ url, media, alt }: Extract<WebElement, { kind: 'image' }>, drawing: Drawing): Node | null {
  // Our own pictures come from where the script came from: that address the visitor's browser surely reaches.
  const source = safeImage(media ? `${drawing.base}/media/${encodeURIComponent(media)}` : (url ?? ''));
  return source === null ? null : h('img', { src: source, alt, onload: () => drawing.onGrown() });
}

function drawButton(button: WebButton, drawing: Drawing): Node {
  const label = document.createTextNode(button.label);
  if (button.kind !== 'message') {
    const href = safeLink(button.url);
    return href
      ? drawLink({ href, class: `action ${button.kind}` }, drawing, label)
      : h('span', { class: 'action' }, label);
  }
  const token = button.token ?? '';
  const chosen = h('span', { class: 'hidden' });
  const element = h('button', { type: 'button', class: 'action' }, label, chosen);
  const mark = (): void => {
    element.classList.add('chosen');
    element.setAttribute('aria-disabled', 'true');
    chosen.textContent = ` (${drawing.text('chosen')})`;
  };
  if (drawing.isPressed(token)) mark();
  element.addEventListener('click', () => {
    if (element.classList.contains('chosen')) return;
    mark();
    drawing.onPress(button, token);
  });
  return element;
}
