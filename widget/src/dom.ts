// The few lines that replace a framework. Text is always set as text: nothing from outside is ever read as HTML.

type Child = Node | string | null | undefined | false;
type Props = Record<string, string | boolean | ((event: Event) => void) | undefined>;

/** `h('button', { class: 'send', onclick }, 'Send')`. A function is a listener, true an empty attribute. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A stroked 24 × 24 drawing; the words beside it say what it means. */
export function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** Addresses people may be led to; everything else is shown as plain text. */
export const safeLink = (address: string | undefined): string | null =>
  address !== undefined && /^(https?:\/\/|mailto:|tel:)/i.test(address.trim()) ? address.trim() : null;

export const safeImage = (address: string): string | null =>
  /^https?:\/\//i.test(address.trim()) ? address.trim() : null;
