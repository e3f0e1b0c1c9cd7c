// What a system of one's own can carry: what we choose to send it, kept below the 20 kB that Standard Webhooks advises.
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

/** 24 to 64 bytes in base64, as the scheme demands; two of them while one takes the other's place. */
const SECRET = 'whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';

export const CREDENTIALS = [
  { key: 'url', secret: false, required: true, pattern: '^https?://[^\\s/?#@]+(?:[/?][^\\s#]*)?$' },
  { key: 'secret', secret: true, required: true, pattern: `^${SECRET}(?:\\s+${SECRET})?$` },
] as const satisfies readonly CredentialField[];

/** Characters of text in one message, of which UTF-8 makes up to four bytes each. */
export const TEXT_LIMIT = 4000;

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: TEXT_LIMIT,
  // Picture and text travel in one message.
  captionLimit: TEXT_LIMIT,
  textUnit: 'characters',
  formatting: ['bold', 'italic', 'underline', 'strike', 'code', 'link'],
  buttons: { kinds: ['link', 'message', 'buy'], max: 12, perRow: 3, label: 60 },
  imageBytes: 10_000_000,
  receipts: { delivered: true, opened: true },
  batch: { size: 1, identical: false, placeholder: null },
  // The scheme has the receiver drop a `webhook-id` it has seen.
  idempotent: true,
  rate: { mailing: 20, bot: null, chat: null },
  window: null,
  inbound: ['webhook'],
  look: {
    light: {
      page: '#f3f4f6',
      bubble: '#ffffff',
      text: '#1f2328',
      dim: '#59636e',
      link: '#0a58ca',
      button: '#e9ecef',
      label: '#1f2328',
    },
    dark: {
      page: '#16181c',
      bubble: '#24272d',
      text: '#eceff2',
      dim: '#a6aeb8',
      link: '#8ab4f8',
      button: '#343941',
      label: '#eceff2',
    },
    radius: 8,
    buttons: 'inside',
    buttonRadius: 6,
  },
} as const satisfies Capabilities;
