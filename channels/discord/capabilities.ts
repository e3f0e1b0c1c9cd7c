// What Discord's API can carry, with the documentation's numbers (docs.discord.com/developers, read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

export const CREDENTIALS = [
  {
    key: 'token',
    secret: true,
    required: true,
    pattern: '^[A-Za-z0-9_-]{18,40}\\.[A-Za-z0-9_-]{4,10}\\.[A-Za-z0-9_-]{20,80}$',
  },
  { key: 'publicKey', secret: false, required: true, pattern: '^[0-9a-f]{64}$' },
] as const satisfies readonly CredentialField[];

/** What the platform counts, marks and escapes and addresses included. */
export const CONTENT_MAX = 2000;
export const ROWS_MAX = 5;
export const PER_ROW = 5;

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: CONTENT_MAX,
  captionLimit: CONTENT_MAX,
  textUnit: 'utf16',
  formatting: ['bold', 'italic', 'underline', 'strike', 'code', 'link'],
  buttons: { kinds: ['link', 'message', 'buy'], max: ROWS_MAX * PER_ROW, perRow: PER_ROW, label: 80 },
  imageBytes: 10 * 1024 * 1024,
  receipts: { delivered: false, opened: false },
  batch: { size: 1, identical: false, placeholder: null },
  // By `nonce`; remembered for some minutes, which is longer than a crash goes unnoticed.
  idempotent: true,
  // 50 requests a second for a bot, and whoever is written to for the first time takes two. Opening conversations faster
  // than this is what gets bots flagged.
  rate: { mailing: 10, bot: 25, chat: 1 },
  window: null,
  inbound: ['webhook'],
  look: {
    light: {
      page: '#ffffff',
      bubble: '#f2f3f5',
      text: '#2e3338',
      dim: '#5c5e66',
      link: '#0068de',
      button: '#6d6f78',
      label: '#ffffff',
    },
    dark: {
      page: '#313338',
      bubble: '#2b2d31',
      text: '#dbdee1',
      dim: '#949ba4',
      link: '#00a8fc',
      button: '#4e5058',
      label: '#ffffff',
    },
    radius: 8,
    buttons: 'below',
    buttonRadius: 4,
  },
} as const satisfies Capabilities;
