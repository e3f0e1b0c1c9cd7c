// What a bot in Microsoft Teams can send, with the documentation's numbers (learn.microsoft.com, read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

const GUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';

export const CREDENTIALS = [
  { key: 'appId', secret: false, required: true, pattern: GUID },
  { key: 'secret', secret: true, required: true, pattern: '^\\S{8,200}$' },
  // Empty for a bot of many tenants, which can no longer be made but goes on working.
  { key: 'tenant', secret: false, required: false, pattern: '^[A-Za-z0-9][A-Za-z0-9.-]{2,100}$' },
] as const satisfies readonly CredentialField[];

/**
 * Characters of JSON that text may take in one activity. The whole activity may have 40 KB in UTF-16 (an older text says
 * 100 KB), and buttons and a picture need some of it.
 */
export const TEXT_JSON_MAX = 12_000;

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 4000,
  captionLimit: 4000,
  textUnit: 'utf16',
  formatting: ['bold', 'italic', 'underline', 'strike', 'code', 'link'],
  // Six actions of a set are shown; labels have no limit and are cut by the width of the card.
  buttons: { kinds: ['link', 'message', 'buy'], max: 18, perRow: 3, label: 40 },
  // Documented for pictures in messages: 1024 pixels a side and 1 MB, as PNG, JPEG or still GIF.
  imageBytes: 1024 * 1024,
  // Opened is told for personal chats only, and only with a permission each tenant grants by itself.
  receipts: { delivered: false, opened: false },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  // 50 requests a second for an app in a tenant, and the first message to a person takes two; 60 in 30 s into a conversation.
  rate: { mailing: 10, bot: 25, chat: 1 },
  window: null,
  pictures: { upload: true, https: true },
  inbound: ['webhook'],
  look: {
    light: {
      page: '#f5f5f5',
      bubble: '#ffffff',
      text: '#242424',
      dim: '#616161',
      link: '#4f52b2',
      button: '#ebebeb',
      label: '#242424',
    },
    dark: {
      page: '#141414',
      bubble: '#292929',
      text: '#ffffff',
      dim: '#adadad',
      link: '#9299f7',
      button: '#3d3d3d',
      label: '#ffffff',
    },
    radius: 6,
    buttons: 'inside',
    buttonRadius: 4,
  },
} as const satisfies Capabilities;
