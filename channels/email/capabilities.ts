// What an e-mail can carry, and what connects an SMTP account. README.md says where the numbers come from.
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

const ADDRESS = '^[^\\s@,;:<>"()\\[\\]\\\\]{1,64}@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+$';
const PORT = '^[0-9]{1,5}$';

export const CREDENTIALS = [
  { key: 'host', secret: false, required: true, pattern: '^[A-Za-z0-9.:_-]{1,253}$' },
  { key: 'port', secret: false, required: false, pattern: PORT },
  { key: 'security', secret: false, required: false, pattern: '^(tls|starttls|plain)$' },
  { key: 'user', secret: false, required: false },
  { key: 'password', secret: true, required: false },
  { key: 'from', secret: false, required: true, pattern: ADDRESS },
  { key: 'fromName', secret: false, required: false, pattern: '^[^\\r\\n]{1,120}$' },
  {
    key: 'hostRate',
    secret: false,
    required: false,
    pattern: '^[1-9][0-9]{0,3}(?:[ ,]+[A-Za-z0-9.-]{1,253}=[1-9][0-9]{0,3}){0,20}$',
  },
  { key: 'subject', secret: false, required: false, pattern: '^[^\\r\\n]{1,120}$' },
  { key: 'footer', secret: false, required: false },
  { key: 'unsubscribeLabel', secret: false, required: false, pattern: '^[^\\r\\n]{1,60}$' },
  { key: 'bounceAddress', secret: false, required: false, pattern: ADDRESS },
  { key: 'joinByLetter', secret: false, required: false, pattern: '^yes$' },
  { key: 'inboundSecret', secret: true, required: false, pattern: '^[A-Za-z0-9_-]{16,128}$' },
  { key: 'dkimSelector', secret: false, required: false, pattern: '^[A-Za-z0-9._-]{1,63}$' },
  { key: 'dkimKey', secret: true, required: false },
] as const satisfies readonly CredentialField[];

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  // No limit of the protocol's; large providers show the first 102 kB.
  textLimit: null,
  captionLimit: 1_000_000,
  textUnit: 'characters',
  formatting: ['bold', 'italic', 'underline', 'strike', 'code', 'link'],
  // Nobody can answer with a button here: what leads nowhere is left out.
  buttons: { kinds: ['link', 'buy'], max: 20, perRow: 3, label: 60 },
  imageBytes: 5 * 1024 * 1024,
  // That a server took it is not that a person has it; bounces tell the opposite.
  receipts: { delivered: false, opened: true },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  rate: { mailing: 30, bot: 100, chat: 1 },
  window: null,
  inbound: ['webhook', 'polling'],
  look: {
    light: {
      page: '#eef0f3',
      bubble: '#ffffff',
      text: '#1f2328',
      dim: '#5c6675',
      link: '#1a66c4',
      button: '#1a66c4',
      label: '#ffffff',
    },
    dark: {
      page: '#16181c',
      bubble: '#22252b',
      text: '#e8eaed',
      dim: '#9aa2ad',
      link: '#7db4f5',
      button: '#2f6fc0',
      label: '#ffffff',
    },
    radius: 4,
    buttons: 'inside',
    buttonRadius: 6,
    frame: 'letter',
  },
} as const satisfies Capabilities;
