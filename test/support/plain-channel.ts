// The least channel that can be: for tests of everything that is not a messenger. Its token must start with `good`.
import type { Capabilities } from '../../src/domain/capabilities.ts';
import type { BotAccount, Channel, ChannelBot, Envelope } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';

export const PLAIN_CAPABILITIES: Capabilities = {
  elements: ['text', 'image', 'buttons'],
  textLimit: 100,
  captionLimit: 50,
  textUnit: 'characters',
  formatting: ['bold', 'link'],
  buttons: { kinds: ['link', 'message', 'buy'], max: 4, perRow: 2, label: 20 },
  imageBytes: 1_000_000,
  receipts: { delivered: false, opened: false },
  batch: { size: 1, identical: false, placeholder: null },
  idempotent: false,
  rate: { mailing: 25, bot: 30, chat: 1 },
  window: null,
  inbound: ['webhook', 'polling'],
};

export interface PlainChannel extends Channel {
  sent: Envelope[];
  checked: ChannelBot[];
  connected: { bot: ChannelBot; webhookUrl: string | null }[];
  disconnected: ChannelBot[];
}

function accountOf(bot: ChannelBot): BotAccount {
  const token = bot.credentials.token ?? '';
  if (!token.startsWith('good')) throw fieldProblem('credentials.token', 'token_refused');
  return {
    externalId: token,
    name: `Bot ${token.slice(0, 6)}`,
    username: 'plain_bot',
    picture: null,
    link: 'https://plain.example/join?start={ref}',
  };
}

export function plainChannel(name = 'plain', capabilities: Partial<Capabilities> = {}): PlainChannel {
  const sent: Envelope[] = [];
  const checked: ChannelBot[] = [];
  const connected: PlainChannel['connected'] = [];
  const disconnected: ChannelBot[] = [];
  return {
    name,
    capabilities: { ...PLAIN_CAPABILITIES, ...capabilities },
    credentials: [{ key: 'token', secret: true, required: true, pattern: '^\\S{8,}$' }],
    sent,
    checked,
    connected,
    disconnected,
    verify: () => true,
    parse: () => [],
    render: (message) => [{ elements: message.elements }],
    async check(bot) {
      checked.push(bot);
      return accountOf(bot);
    },
    async connect(bot, webhookUrl) {
      connected.push({ bot, webhookUrl });
      return { ...accountOf(bot), webhook: webhookUrl === null ? 'polling' : 'set' };
    },
    async disconnect(bot) {
      disconnected.push(bot);
    },
    async deliver(envelopes) {
      sent.push(...envelopes);
      return envelopes.map(() => ({ status: 'accepted', messageId: null }));
    },
  };
}
