// What community messages can carry, with the documentation's numbers (README.md names the pages, read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

export const CREDENTIALS = [
  { key: 'token', secret: true, required: true, pattern: '^[A-Za-z0-9._-]{60,400}$' },
] as const satisfies readonly CredentialField[];

export const API_VERSION = '5.199';
/** Most rows of a keyboard inside a message. */
export const ROWS_MAX = 6;

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  // The schema says 9000, what is known to pass is 4096; beyond it the platform answers 914.
  textLimit: 4096,
  // A picture is attached to the text: one message either way.
  captionLimit: 4096,
  textUnit: 'utf16',
  formatting: [],
  // Inside a message: 10 buttons, 5 × 6 at most; a link is twice as wide as a word.
  buttons: { kinds: ['link', 'message', 'buy'], max: 10, perRow: 2, label: 40 },
  imageBytes: 50 * 1024 * 1024,
  receipts: { delivered: false, opened: true },
  batch: { size: 100, identical: false, placeholder: null },
  // Every receiver has a key of their own, in whatever company: docs/decisions/0049-messages-by-script.md.
  idempotent: true,
  // 20 requests a second, 25 messages in each.
  rate: { mailing: 400, bot: 500, chat: null },
  window: null,
  inbound: ['webhook'],
  look: {
    light: {
      page: '#edeef0',
      bubble: '#ffffff',
      text: '#17181a',
      dim: '#747678',
      link: '#2a5885',
      button: '#e5ebf1',
      label: '#3f6a99',
    },
    dark: {
      page: '#0f0f10',
      bubble: '#2c2d2e',
      text: '#e7e8ea',
      dim: '#949699',
      link: '#71aaeb',
      button: '#454647',
      label: '#e1e3e6',
    },
    radius: 16,
    buttons: 'inside',
    buttonRadius: 8,
  },
} as const satisfies Capabilities;
