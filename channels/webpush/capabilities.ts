// What a notification can carry: what systems show of one, and what fits into the one encrypted record of 4096 bytes that every
// push service takes (RFC 8030, RFC 8291).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

const BASE64URL = '[A-Za-z0-9_-]';

export const CREDENTIALS = [
  {
    key: 'contact',
    secret: false,
    required: true,
    pattern: '^(?:mailto:)?[^\\s@:/]+@[^\\s@]+\\.[^\\s@]+$|^https://\\S+$',
  },
  // Made when a bot is connected, unless they are brought along.
  { key: 'publicKey', secret: false, required: false, pattern: `^B${BASE64URL}{86}$` },
  { key: 'privateKey', secret: true, required: false, pattern: `^${BASE64URL}{43}$` },
] as const satisfies readonly CredentialField[];

/** Of which 103 are the record's own. */
export const RECORD_BYTES = 4096;

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  // Far more than is shown; the rest of the record is for addresses and tokens.
  textLimit: 700,
  captionLimit: 700,
  textUnit: 'bytes',
  formatting: [],
  buttons: { kinds: ['link', 'message', 'buy'], max: 2, perRow: 2, label: 30 },
  imageBytes: 2_000_000,
  receipts: { delivered: true, opened: true },
  batch: { size: 1, identical: false, placeholder: null },
  // A topic replaces only what was not delivered yet.
  idempotent: false,
  rate: { mailing: 50, bot: null, chat: null },
  window: null,
  choices: [{ key: 'urgent' }],
  inbound: ['webhook'],
  look: {
    light: {
      page: '#dfe3e8',
      bubble: '#ffffff',
      text: '#202124',
      dim: '#5f6368',
      link: '#1a73e8',
      button: '#f1f3f4',
      label: '#1a56b0',
    },
    dark: {
      page: '#17181b',
      bubble: '#2a2b2f',
      text: '#e8eaed',
      dim: '#a5a9af',
      link: '#8ab4f8',
      button: '#3c4043',
      label: '#a8c7fa',
    },
    radius: 10,
    buttons: 'inside',
    buttonRadius: 6,
    frame: 'notification',
  },
} as const satisfies Capabilities;
