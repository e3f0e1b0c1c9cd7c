// The parts of the chat window and how they are labelled. Everything lives in a shadow root with a constructed style
// sheet, so neither side's styles reach the other and a strict content security policy has nothing to refuse.
import { h, icon } from './dom.ts';
import css from './styles.css?inline';

const ICONS = {
  chat: 'M4 5.5h16v11h-8.5L7 20.5v-4H4z',
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  send: 'M5 12h13M12 5.5l6.5 6.5-6.5 6.5',
} as const;

export interface Look {
  /** `#rrggbb` */
  color: string;
  side: 'left' | 'right';
  /** Pixels from the edges of the window. */
  offset: number;
  zIndex: number;
}

export type Frame = ReturnType<typeof createFrame>;

export function createFrame(thread: HTMLElement, look: Look) {
  const badge = h('span', { class: 'badge', 'aria-hidden': 'true', hidden: true });
  const launcher = h('button', { type: 'button', class: 'launcher', 'aria-expanded': 'false' }, badge);
  launcher.prepend(icon(ICONS.chat), icon(ICONS.close));

  const initial = h('span', { class: 'initial', 'aria-hidden': 'true' });
  const title = h('h2', { id: 'title' });
  const more = h('button', { type: 'button', class: 'tool', 'aria-expanded': 'false', 'aria-haspopup': 'menu' });
  more.append(icon(ICONS.more));
  const close = h('button', { type: 'button', class: 'tool' });
  close.append(icon(ICONS.close));
  const choice = h('button', { type: 'button', role: 'menuitem' });
  const menu = h('div', { class: 'menu', role: 'menu', hidden: true }, choice);

  const offline = h('p', { class: 'offline', role: 'status' });
  const question = h('p', { id: 'question' });
  const agree = h('button', { type: 'button', class: 'agree' });
  const decline = h('button', { type: 'button', class: 'decline' });
  const consent = h('div', { class: 'consent', role: 'group', 'aria-labelledby': 'question', hidden: true });
  consent.append(question, h('div', { class: 'answers' }, agree, decline));

  const input = h('textarea', { rows: '1', maxlength: '4000', enterkeyhint: 'send', autocomplete: 'off' });
  const send = h('button', { type: 'submit', class: 'send' });
  send.append(icon(ICONS.send));
  const composer = h('form', { class: 'composer' }, input, send);

  const panel = h('div', { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', tabindex: '-1', hidden: true });
  panel.append(h('header', {}, initial, title, more, close), menu, offline, thread, consent, composer);

  const announcer = h('p', { class: 'hidden', role: 'status' });
  const box = h('section', { class: `box ${look.side}` }, panel, launcher, announcer);

  const host = h('div', { 'data-herald': true });
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  host.style.setProperty('--accent', look.color);
  host.style.setProperty('--on-accent', readableOn(look.color));
  host.style.setProperty('--offset', `${look.offset}px`);
  host.style.setProperty('--z', String(look.zIndex));

  return {
    host,
    root,
    box,
    launcher,
    badge,
    initial,
    title,
    more,
    close,
    menu,
    choice,
    offline,
    question,
    agree,
    decline,
    consent,
    input,
    send,
    composer,
    panel,
    announcer,
  };
}

/** Black or white, whichever stands out more (WCAG relative luminance). */
function readableOn(color: string): string {
  const channels = [1, 3, 5].map((start) => {
    const value = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff';
}
