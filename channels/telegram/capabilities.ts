// What the Bot API can carry, with the documentation's numbers (core.telegram.org/bots/api, read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

export const TOKEN_PATTERN = '^[0-9]{3,20}:[A-Za-z0-9_-]{20,100}$';

export const CREDENTIALS = [
  { key: 'token', secret: true, required: true, pattern: TOKEN_PATTERN },
] as const satisfies readonly CredentialField[];

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 4096,
  captionLimit: 1024,
  // The documentation says "characters" and counts entity offsets in UTF-16; the stricter reading is never refused.
  textUnit: 'utf16',
  formatting: ['bold', 'italic', 'underline', 'strike', 'code', 'link'],
  // 100 buttons and 8 in a row are what is observed; the documentation names neither, nor a length of labels.
  buttons: { kinds: ['link', 'message', 'buy', 'contact'], max: 100, perRow: 8, label: 64 },
  imageBytes: 10 * 1024 * 1024,
  receipts: { delivered: false, opened: false },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  rate: { mailing: 25, bot: 30, chat: 1 },
  window: null,
  choices: [{ key: 'paid', rate: { mailing: 1000, bot: 1000 } }],
  inbound: ['webhook', 'polling'],
  look: {
    light: {
      page: 'linear-gradient(160deg, #d5e4c3, #a9c9b2)',
      bubble: '#ffffff',
      text: '#111111',
      dim: '#5c6975',
      link: '#1a6fb5',
      button: 'rgba(48, 84, 58, 0.75)',
      label: '#ffffff',
    },
    dark: {
      page: '#0e1621',
      bubble: '#182533',
      text: '#f5f5f5',
      dim: '#8296a8',
      link: '#6ab3f3',
      button: 'rgba(64, 90, 115, 0.75)',
      label: '#ffffff',
    },
    radius: 14,
    buttons: 'below',
    buttonRadius: 8,
  },
} as const satisfies Capabilities;
