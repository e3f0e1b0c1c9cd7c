// What Slack's Web API can carry, with the documentation's numbers (docs.slack.dev, read 2026-11).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

export const CREDENTIALS = [
  { key: 'token', secret: true, required: true, pattern: '^(xoxe\\.)?xoxb-[A-Za-z0-9-]{10,300}$' },
  { key: 'signingSecret', secret: true, required: true, pattern: '^[0-9a-f]{32}$' },
  // For an app with token rotation: its token ends, and with these the next one is fetched.
  { key: 'refreshToken', secret: true, required: false, pattern: '^xoxe-[A-Za-z0-9-]{10,500}$' },
  { key: 'clientId', secret: false, required: false, pattern: '^[0-9]{6,20}\\.[0-9]{6,20}$' },
  { key: 'clientSecret', secret: true, required: false, pattern: '^[0-9a-f]{32}$' },
] as const satisfies readonly CredentialField[];

export const BLOCKS_MAX = 50;
export const ALT_TEXT_MAX = 2000;

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 3000,
  captionLimit: 3000,
  textUnit: 'utf16',
  formatting: ['bold', 'italic', 'underline', 'strike', 'code', 'link'],
  buttons: { kinds: ['link', 'message', 'buy'], max: 25, perRow: 5, label: 75 },
  // Not documented for pictures by address; an upload may be larger, and a preview should not be.
  imageBytes: 10 * 1024 * 1024,
  receipts: { delivered: false, opened: false },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  // One a second into a conversation, and "several hundred a minute" into a workspace.
  rate: { mailing: 4, bot: 5, chat: 1 },
  window: null,
  pictures: { upload: true, https: true },
  inbound: ['webhook'],
  look: {
    light: {
      page: '#ffffff',
      bubble: '#ffffff',
      text: '#1d1c1d',
      dim: '#616061',
      link: '#1264a3',
      button: '#f1f0f1',
      label: '#1d1c1d',
    },
    dark: {
      page: '#1a1d21',
      bubble: '#1a1d21',
      text: '#d1d2d3',
      dim: '#ababad',
      link: '#1d9bd1',
      button: '#2f3236',
      label: '#e8e8e8',
    },
    radius: 4,
    buttons: 'below',
    buttonRadius: 4,
  },
} as const satisfies Capabilities;
