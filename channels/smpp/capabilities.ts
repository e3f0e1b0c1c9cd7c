// What an SMS over SMPP 3.4 can carry, and what connects an account at a message centre. README.md says more.
import type { Capabilities, CredentialField } from '../../src/domain/capabilities.ts';
import { SHORT_MESSAGE } from '../lib/short-message.ts';

export const CREDENTIALS = [
  { key: 'host', secret: false, required: true, pattern: '^[A-Za-z0-9.:_-]{1,253}$' },
  { key: 'port', secret: false, required: false, pattern: '^[0-9]{1,5}$' },
  { key: 'security', secret: false, required: false, pattern: '^(tls|plain)$' },
  { key: 'systemId', secret: false, required: true, pattern: '^[!-~]{1,15}$' },
  { key: 'password', secret: true, required: true, pattern: '^[!-~]{1,32}$' },
  { key: 'systemType', secret: false, required: false, pattern: '^[!-~]{1,12}$' },
  { key: 'from', secret: false, required: true, pattern: '^(\\+?[0-9]{3,15}|[A-Za-z0-9 +&_.-]{1,11})$' },
  { key: 'window', secret: false, required: false, pattern: '^[1-9][0-9]{0,2}$' },
  { key: 'longTexts', secret: false, required: false, pattern: '^(parts|payload)$' },
  { key: 'receiptIds', secret: false, required: false, pattern: '^(same|decimal|hex)$' },
] as const satisfies readonly CredentialField[];

export const CAPABILITIES = {
  ...SHORT_MESSAGE,
  // Ten parts of the other alphabets; message centres take more, phones and purses do not.
  textLimit: 670,
  // Each contract names its own; the bot's limit is set in its settings.
  rate: { mailing: 20, bot: 50, chat: 1 },
  inbound: ['polling'],
} as const satisfies Capabilities;
