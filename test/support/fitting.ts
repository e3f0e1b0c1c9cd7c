// A channel that can do something of everything, and the pieces of messages, for tests of what fits and what is refused.
import type { Capabilities } from '../../src/domain/capabilities.ts';
import type { Element, Message } from '../../src/domain/message.ts';

export const capable: Capabilities = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 100,
  captionLimit: 20,
  textUnit: 'utf16',
  formatting: ['bold', 'italic', 'underline', 'strike', 'code', 'link'],
  buttons: { kinds: ['link', 'message', 'buy'], max: 4, perRow: 2, label: 10 },
  imageBytes: 1_000_000,
  receipts: { delivered: false, opened: false },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  rate: { mailing: 25, bot: 30, chat: 1 },
  window: null,
  inbound: ['webhook'],
};
export const text = (words: string): Element => ({ kind: 'text', text: [{ text: words }] });
export const link = (id: string, label = 'Go'): { kind: 'link'; id: string; label: string; url: string } => ({
  kind: 'link',
  id,
  label,
  url: 'https://shop.example/',
});
export const message = (...elements: Element[]): Message => ({ elements });
