// What Instagram's messages can carry, with the documentation's numbers (README.md has the addresses; read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';
import { TITLE_LIMIT } from '../lib/graph/messages.ts';

export const CREDENTIALS = [
  // IG…: of the account itself; EAA…: of the page it is linked to.
  { key: 'token', secret: true, required: true, pattern: '^(?:IG|EAA)[A-Za-z0-9_-]{20,500}$' },
  { key: 'app_secret', secret: true, required: true, pattern: '^[0-9a-fA-F]{32}$' },
  // For a webhook that is set by hand: the same is typed into the app's settings.
  { key: 'verify_token', secret: true, required: false, pattern: '^\\S{8,200}$' },
] as const satisfies readonly CredentialField[];

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 1000,
  // A short text becomes the title of a card with the picture.
  captionLimit: TITLE_LIMIT,
  textUnit: 'bytes',
  formatting: [],
  buttons: { kinds: ['link', 'message', 'buy'], max: 3, perRow: 1, label: 20 },
  imageBytes: 8 * 1024 * 1024,
  receipts: { delivered: false, opened: true },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  rate: { mailing: 40, bot: 300, chat: null },
  window: { hours: 24, outside: 'closed' },
  pictures: { upload: false, https: true },
  inbound: ['webhook'],
  look: {
    light: {
      page: '#ffffff',
      bubble: '#efefef',
      text: '#000000',
      dim: '#6c6c6c',
      link: '#00376b',
      button: '#ffffff',
      label: '#000000',
    },
    dark: {
      page: '#000000',
      bubble: '#262626',
      text: '#f5f5f5',
      dim: '#a8a8a8',
      link: '#708dff',
      button: '#121212',
      label: '#f5f5f5',
    },
    radius: 20,
    buttons: 'inside',
    buttonRadius: 8,
  },
} as const satisfies Capabilities;
