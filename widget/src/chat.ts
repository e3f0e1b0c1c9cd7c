// The chat window at work: what opens and closes it, who may be written to, and what each part says in which language.
import type { Standing, WidgetConfig, WidgetUser } from '../../src/http/api/widget.ts';
import { createClient, newId } from './client.ts';
import { createFrame, type Look } from './frame.ts';
import type { Memory } from './memory.ts';
import { createThread } from './thread.ts';

/** Languages written from right to left, for sites in a language the texts are not in yet. */
const RIGHT_TO_LEFT = /^(ar|he|fa|ur|ps|yi|dv|ckb)\b/;
const NARROW = '(max-width: 480px)';
const TOUCH = '(pointer: coarse)';
const INPUT_MAX_PX = 120;

export interface ChatOptions {
  base: string;
  bot: string;
  /** Where the visitor came from: kept with the subscription. */
  ref: string | null;
  language: string;
  side: Look['side'];
  offset: number;
  zIndex: number;
}

export interface Chat {
  open(): void;
  close(): void;
  identify(user: WidgetUser): void;
  setLocale(language: string): Promise<void>;
}

export async function createChat(options: ChatOptions, memory: Memory): Promise<Chat> {
  let config: WidgetConfig;
  let asked = options.language;
  let standing: Standing | null = null;
  let unread = new Set<number>();
  const text = (key: string): string => config.texts[key] ?? '';

  const client = createClient(options.base, options.bot, memory, {
    onMessages: (messages) => arrive(thread.add(messages)),
    onStanding(now) {
      standing = now;
      show();
    },
    onOnline(online) {
      frame.offline.textContent = online ? '' : text('offline');
    },
    onDone: (ids, taken) => thread.settle(ids, taken),
    onNewVisitor() {
      thread.clear();
      unread = new Set();
    },
  });
  config = await client.config(asked);

  const thread = createThread({
    base: options.base,
    text,
    // The language of the page in the visitor's own variety: British English has another clock than American.
    language: () => navigator.languages.find((own) => own.split('-')[0] === asked.split('-')[0]) ?? asked,
    seenUpTo: () => memory.get().seen ?? 0,
    onPress(token, label) {
      const id = newId();
      thread.echo(id, label);
      client.post({ id, kind: 'pressed', token, label });
    },
    onSeen(numbers) {
      client.post({ id: newId(), kind: 'opened', messages: numbers });
      memory.set({ seen: Math.max(memory.get().seen ?? 0, ...numbers) });
      for (const number of numbers) unread.delete(number);
      show();
    },
  });
  const frame = createFrame(thread.element, { ...options, color: config.color });

  const isOpen = (): boolean => !frame.panel.hidden;

  /** Receipts for messages of ours that are new here, and the count of those not looked at. */
  function arrive(numbers: number[]): void {
    const { arrived = 0, seen = 0 } = memory.get();
    const fresh = numbers.filter((number) => number > arrived);
    if (fresh.length > 0) {
      client.post({ id: newId(), kind: 'delivered', messages: fresh });
      memory.set({ arrived: Math.max(...fresh) });
    }
    for (const number of numbers) if (number > seen) unread.add(number);
    show();
    if (!isOpen() && fresh.length > 0 && unread.size > 0) frame.announcer.textContent = launcherLabel();
  }

  // --- What is shown ------------------------------------------------------------------------------

  const launcherLabel = (): string => {
    if (isOpen()) return text('close');
    return unread.size > 0 ? text('openUnread').replace('{n}', String(unread.size)) : text('open');
  };

  /** Everything that follows from the state, in one place. */
  function show(): void {
    frame.badge.hidden = unread.size === 0 || isOpen();
    frame.badge.textContent = unread.size > 9 ? '9+' : String(unread.size);
    frame.launcher.setAttribute('aria-label', launcherLabel());
    frame.launcher.setAttribute('aria-expanded', String(isOpen()));
    frame.consent.hidden = standing !== 'none' || memory.get().declined === true;
    frame.choice.textContent = text(standing === 'active' ? 'stop' : standing === 'stopped' ? 'resume' : 'start');
    frame.more.disabled = standing === null;
  }

  function say(): void {
    frame.box.lang = config.language;
    frame.box.dir = RIGHT_TO_LEFT.test(asked) ? 'rtl' : 'ltr';
    frame.box.setAttribute('aria-label', config.title);
    frame.title.textContent = config.title;
    frame.initial.textContent = [...config.title][0]?.toUpperCase() ?? '';
    frame.more.setAttribute('aria-label', text('menu'));
    frame.close.setAttribute('aria-label', text('close'));
    frame.send.setAttribute('aria-label', text('send'));
    frame.input.placeholder = text('placeholder');
    frame.input.setAttribute('aria-label', text('placeholder'));
    thread.element.setAttribute('aria-label', text('thread'));
    thread.element.dataset.greeting = text('greeting');
    frame.question.textContent = text('consent');
    frame.agree.textContent = text('agree');
    frame.decline.textContent = text('decline');
    show();
  }

  // --- Opening and closing ------------------------------------------------------------------------

  function open(): void {
    if (isOpen()) return;
    frame.panel.hidden = false;
    frame.box.classList.add('open');
    frame.announcer.textContent = '';
    client.start();
    thread.scrollToNew();
    // A finger would get the keyboard in front of what it came to read.
    (matchMedia(TOUCH).matches ? frame.panel : frame.input).focus();
    show();
  }

  function close(): void {
    if (!isOpen()) return;
    toggleMenu(false);
    frame.panel.hidden = true;
    frame.box.classList.remove('open');
    show();
    frame.launcher.focus();
  }

  function toggleMenu(shown: boolean): void {
    frame.menu.hidden = !shown;
    frame.more.setAttribute('aria-expanded', String(shown));
    if (shown) frame.choice.focus();
  }

  /** Filling a small screen, the window keeps the keyboard inside. */
  function keepInside(event: KeyboardEvent): void {
    if (!matchMedia(NARROW).matches) return;
    const stops = [...frame.panel.querySelectorAll<HTMLElement>('button, a, textarea, [tabindex="0"]')].filter(
      (stop) => stop.offsetParent !== null && !(stop instanceof HTMLButtonElement && stop.disabled),
    );
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (frame.root.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  }

  frame.launcher.addEventListener('click', () => (isOpen() ? close() : open()));
  frame.close.addEventListener('click', close);
  frame.more.addEventListener('click', () => toggleMenu(frame.menu.hidden === true));
  frame.panel.addEventListener('keydown', (event) => {
    if (event.key === 'Tab') return keepInside(event);
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    if (frame.menu.hidden) return close();
    toggleMenu(false);
    frame.more.focus();
  });
  frame.menu.addEventListener('focusout', () => toggleMenu(false));

  // --- What the visitor does ----------------------------------------------------------------------

  function subscribe(): void {
    client.post({ id: newId(), kind: 'subscribed', ref: options.ref });
    standing = 'active';
    thread.note(text('subscribed'));
    show();
  }

  frame.agree.addEventListener('click', () => {
    subscribe();
    frame.input.focus();
  });
  frame.decline.addEventListener('click', () => {
    memory.set({ declined: true });
    show();
    frame.input.focus();
  });
  frame.choice.addEventListener('click', () => {
    toggleMenu(false);
    frame.more.focus();
    if (standing !== 'active') return subscribe();
    client.post({ id: newId(), kind: 'unsubscribed' });
    standing = 'stopped';
    thread.note(text('stopped'));
    show();
  });

  function grow(): void {
    frame.input.style.height = 'auto';
    frame.input.style.height = `${Math.min(frame.input.scrollHeight, INPUT_MAX_PX)}px`;
  }

  function submit(): void {
    const words = frame.input.value.trim();
    if (words === '') return;
    frame.input.value = '';
    grow();
    const id = newId();
    thread.echo(id, words);
    client.post({ id, kind: 'replied', text: words });
  }

  frame.input.addEventListener('input', grow);
  frame.input.addEventListener('keydown', (event) => {
    // Enter also ends the composition of a character in some scripts.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  frame.composer.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });

  say();
  document.body.append(frame.host);
  // Somebody we met before hears from us without opening the window; of anyone else we want to know nothing yet.
  if (memory.get().visitor !== undefined) client.start();

  return {
    open,
    close,
    identify: (user) => client.identify(user),
    async setLocale(language) {
      asked = language;
      config = await client.config(language);
      say();
    },
  };
}
