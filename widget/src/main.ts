// The embeddable chat. `<script async src="https://…/widget.js" data-bot="ID"></script>` puts it on a page; it adds
// one global, `Herald`, tells `herald:ready` to the document, and never opens by itself.
import { type Chat, createChat } from './chat.ts';
import { openMemory } from './memory.ts';

declare global {
  interface Window {
    Herald?: Chat;
  }
}

const DEFAULT_OFFSET_PX = 20;
/** Above what sites commonly use, below the browser's largest. */
const DEFAULT_Z_INDEX = 2_147_483_000;

const numberOr = (text: string | undefined, fallback: number): number =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : fallback;

async function begin(script: HTMLScriptElement): Promise<void> {
  const { bot, position, offset, zIndex, ref, locale } = script.dataset;
  if (!bot) return console.warn('Herald: the script tag has no data-bot');
  const chat = await createChat(
    {
      base: new URL(script.src).origin,
      bot,
      ref: ref ?? new URLSearchParams(location.search).get('herald_ref'),
      language: locale || document.documentElement.lang || navigator.language,
      side: position === 'left' ? 'left' : 'right',
      offset: numberOr(offset, DEFAULT_OFFSET_PX),
      zIndex: numberOr(zIndex, DEFAULT_Z_INDEX),
    },
    openMemory(bot),
  );
  window.Herald = chat;
  document.dispatchEvent(new Event('herald:ready'));
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !window.Herald) {
  const start = (): void => {
    begin(script).catch((error: unknown) => console.warn('Herald: the chat could not start', error));
  };
  if (document.body) start();
  else document.addEventListener('DOMContentLoaded', start);
}
