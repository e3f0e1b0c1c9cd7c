// What the Viber bot API can carry, with the documentation's numbers (README.md names the pages, read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

export const CREDENTIALS = [
  { key: 'token', secret: true, required: true, pattern: '^[0-9a-z]{8,32}(-[0-9a-z]{8,32}){2}$' },
] as const satisfies readonly CredentialField[];

/** What the platform puts a receiver's id in place of, anywhere in a broadcast. */
export const RECEIVER_PLACEHOLDER = 'replace_me_with_url_encoded_receiver_id';

/** Longest name of a sender. */
export const SENDER_NAME_MAX = 28;
/** Largest request: "30kb", read strictly. */
export const REQUEST_BYTES_MAX = 30_000;

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 7000,
  // 768 by the platform's own page, 512 by its partners': the stricter reading is never refused.
  captionLimit: 512,
  textUnit: 'utf16',
  // The bot API documents no formatting of texts, and no words that hide an address.
  formatting: [],
  // A keyboard has 6 columns and, held upright, room for 12 rows. 250 characters of a label count with the HTML in it:
  // 50 fit, whatever must be escaped.
  buttons: { kinds: ['link', 'message', 'buy', 'contact'], max: 12, perRow: 3, label: 50, style: 'keyboard' },
  // 1 MB on iOS, 3 MB on Android.
  imageBytes: 1024 * 1024,
  receipts: { delivered: true, opened: true },
  batch: { size: 300, identical: true, placeholder: RECEIVER_PLACEHOLDER },
  idempotent: false,
  // 500 requests in 10 seconds, 300 receivers each.
  rate: { mailing: 500, bot: 15_000, chat: null },
  // A message to someone who has not written for 24 hours is bot-initiated: counted against the month, or paid.
  window: { hours: 24, outside: 'charged' },
  inbound: ['webhook'],
  look: {
    light: {
      page: '#eceff6',
      bubble: '#ffffff',
      text: '#17171a',
      dim: '#6d6f7b',
      link: '#5b4bd6',
      button: '#665cac',
      label: '#ffffff',
    },
    dark: {
      page: '#131316',
      bubble: '#2b2b33',
      text: '#f4f4f6',
      dim: '#9a9ba6',
      link: '#a79bff',
      button: '#574f94',
      label: '#ffffff',
    },
    radius: 12,
    buttons: 'below',
    buttonRadius: 6,
  },
} as const satisfies Capabilities;
