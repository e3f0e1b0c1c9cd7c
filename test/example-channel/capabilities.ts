// What the messenger can carry, with its documentation's numbers, and what connecting a bot asks for.
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';

export const CREDENTIALS = [
  { key: 'token', secret: true, required: true, pattern: '^ex_[A-Za-z0-9]{16,64}$' },
] as const satisfies readonly CredentialField[];

export const CAPABILITIES = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 2000,
  captionLimit: 500,
  textUnit: 'characters',
  formatting: [],
  buttons: { kinds: ['link', 'message', 'buy'], max: 6, perRow: 3, label: 30 },
  imageBytes: 5_000_000,
  receipts: { delivered: true, opened: false },
  batch: { size: 1, identical: false, placeholder: null },
  // The platform drops a message that carries the key of an earlier one.
  idempotent: true,
  rate: { mailing: 20, bot: 20, chat: 1 },
  window: null,
  inbound: ['webhook'],
} as const satisfies Capabilities;
