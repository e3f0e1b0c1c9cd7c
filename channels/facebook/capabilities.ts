// What Messenger can carry, with the documentation's numbers (README.md has the addresses; read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';
import { TITLE_LIMIT } from '../lib/graph/messages.ts';

export const CREDENTIALS = [
  { key: 'token', secret: true, required: true, pattern: '^EAA[A-Za-z0-9_-]{20,500}$' },
  { key: 'app_secret', secret: true, required: true, pattern: '^[0-9a-fA-F]{32}$' },
  // For a webhook that is set by hand: the same is typed into the app's settings.
  { key: 'verify_token', secret: true, required: false, pattern: '^\\S{8,200}$' },
] as const satisfies readonly CredentialField[];

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 2000,
  // A short text becomes the title of a card with the picture.
  captionLimit: TITLE_LIMIT,
  // The documentation says "characters"; the stricter reading is never refused.
  textUnit: 'utf16',
  formatting: [],
  buttons: { kinds: ['link', 'message', 'buy', 'contact'], max: 3, perRow: 1, label: 20 },
  imageBytes: 8 * 1024 * 1024,
  receipts: { delivered: true, opened: true },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  // Beyond 40 a second the page's inbox shows no new messages until it is over.
  rate: { mailing: 40, bot: 300, chat: null },
  window: { hours: 24, outside: 'template' },
  choices: [{ key: 'full_speed', rate: { mailing: 250, bot: 300 } }],
  inbound: ['webhook'],
  look: {
    light: {
      page: '#ffffff',
      bubble: '#f0f0f0',
      text: '#050505',
      dim: '#65676b',
      link: '#0064d1',
      button: '#ffffff',
      label: '#0866ff',
    },
    dark: {
      page: '#18191a',
      bubble: '#303030',
      text: '#e4e6eb',
      dim: '#b0b3b8',
      link: '#4599ff',
      button: '#242526',
      label: '#4599ff',
    },
    radius: 18,
    buttons: 'inside',
    buttonRadius: 8,
  },
} as const satisfies Capabilities;
