// What WhatsApp's Cloud API can carry, with the documentation's numbers (README.md has the addresses; read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

const ID = '^[0-9]{5,25}$';

export const CREDENTIALS = [
  { key: 'token', secret: true, required: true, pattern: '^EAA[A-Za-z0-9_-]{20,500}$' },
  { key: 'app_secret', secret: true, required: true, pattern: '^[0-9a-fA-F]{32}$' },
  { key: 'phone_number_id', secret: false, required: true, pattern: ID },
  { key: 'waba_id', secret: false, required: true, pattern: ID },
] as const satisfies readonly CredentialField[];

/** Longest text above buttons and below a picture. */
export const BODY_LIMIT = 1024;

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 4096,
  captionLimit: BODY_LIMIT,
  // The documentation says "characters"; the stricter reading is never refused.
  textUnit: 'utf16',
  formatting: ['bold', 'italic', 'strike', 'code'],
  // Ten is a list; every link is a message of its own.
  buttons: { kinds: ['link', 'message', 'buy', 'contact'], max: 10, perRow: 1, label: 20 },
  imageBytes: 5 * 1024 * 1024,
  receipts: { delivered: true, opened: true },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  // 80 a second, in and out together: some is left for what people write.
  rate: { mailing: 60, bot: 80, chat: null },
  window: { hours: 24, outside: 'template' },
  inbound: ['webhook'],
  look: {
    light: {
      page: '#efeae2',
      bubble: '#ffffff',
      text: '#111b21',
      dim: '#667781',
      link: '#027eb5',
      button: '#ffffff',
      label: '#008367',
    },
    dark: {
      page: '#0b141a',
      bubble: '#202c33',
      text: '#e9edef',
      dim: '#8696a0',
      link: '#53bdeb',
      button: '#202c33',
      label: '#00a884',
    },
    radius: 8,
    buttons: 'inside',
    buttonRadius: 0,
  },
} as const satisfies Capabilities;
