// What an SMS over a Twilio-style HTTP API can carry, with the documentation's numbers (README.md names the pages).
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';
import { SHORT_MESSAGE } from '../lib/short-message.ts';

/** A number, a short code, a Messaging Service, or a sender's name that nobody can answer to. */
export const SENDERS = {
  number: /^\+[1-9]\d{6,14}$/,
  shortCode: /^\d{3,8}$/,
  service: /^MG[0-9a-fA-F]{32}$/,
  name: /^(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 +&_-]{0,10}$/,
} as const;
export type SenderKind = keyof typeof SENDERS;

/** Null for what is no sender. A service's id is longer than any name. */
export const senderKind = (from: string): SenderKind | null =>
  (Object.keys(SENDERS) as SenderKind[]).find((kind) => SENDERS[kind].test(from)) ?? null;

export const ACCOUNT_PATTERN = '^AC[0-9a-fA-F]{32}$';

export const CREDENTIALS = [
  { key: 'accountSid', secret: false, required: true, pattern: ACCOUNT_PATTERN },
  { key: 'authToken', secret: true, required: true, pattern: '^[!-~]{16,100}$' },
  {
    key: 'from',
    secret: false,
    required: true,
    pattern: Object.values(SENDERS)
      .map(({ source }) => `(?:${source})`)
      .join('|'),
  },
  { key: 'helpReply', secret: false, required: false, pattern: '^[^]{1,320}$' },
] as const satisfies readonly CredentialField[];

export const CAPABILITIES = {
  ...SHORT_MESSAGE,
  textLimit: 1600,
  // What a sender may send follows from its kind and its registration; beyond that the platform queues by itself.
  rate: { mailing: 20, bot: 100, chat: 1 },
  inbound: ['webhook'],
} as const satisfies Capabilities;
