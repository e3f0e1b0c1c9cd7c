// What the Messaging API can carry, with the documentation's numbers (developers.line.biz, read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

export const CREDENTIALS = [
  { key: 'token', secret: true, required: true, pattern: '^[A-Za-z0-9+/=_.-]{40,1900}$' },
  { key: 'secret', secret: true, required: true, pattern: '^[0-9a-f]{32}$' },
] as const satisfies readonly CredentialField[];

/** Message objects one request may carry; it counts as one message against the monthly limit however many there are. */
export const OBJECTS_MAX = 5;
/** Longest preview of a card in notifications and lists of chats. */
export const ALT_TEXT_MAX = 400;

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 5000,
  // A picture is a message of its own; words follow it.
  captionLimit: 0,
  textUnit: 'utf16',
  // Only cards know bold and italic, and in a card no address can be tapped: texts stay plain everywhere.
  formatting: [],
  // A card may hold more buttons and wider labels (40); with these numbers it stays one glance, and any of them may become
  // a quick reply, of which there are 13 with labels of 20.
  buttons: { kinds: ['link', 'message', 'buy'], max: 12, perRow: 2, label: 20 },
  // 10 MB for the picture, 1 MB for its preview: one address serves for both.
  imageBytes: 1024 * 1024,
  receipts: { delivered: false, opened: false },
  // The retry key belongs to a request, not to a receiver, and is known for a day.
  batch: { size: 500, identical: true, placeholder: null, callKey: { hours: 24 } },
  idempotent: true,
  // 2,000 requests a second, 200 of them with many receivers; receivers are what we count.
  rate: { mailing: 500, bot: 2000, chat: null },
  window: null,
  choices: [{ key: 'quick_replies' }],
  pictures: { upload: false, https: true },
  inbound: ['webhook'],
  look: {
    light: {
      page: '#8cabd8',
      bubble: '#ffffff',
      text: '#111111',
      dim: '#5b6b80',
      link: '#2f5fa8',
      button: '#e8ebef',
      label: '#111111',
    },
    dark: {
      page: '#1b1c1f',
      bubble: '#33353a',
      text: '#f2f2f2',
      dim: '#a3a6ad',
      link: '#7fb0f5',
      button: '#484b52',
      label: '#f2f2f2',
    },
    radius: 18,
    buttons: 'inside',
    buttonRadius: 8,
  },
} as const satisfies Capabilities;
