// The chat on a website as a channel: to deliver is to append to the visitor's mailbox, from where the widget fetches
// it. There is no platform in between, so repeated sends are recognised and every receipt exists.
import type { Capabilities } from '../../src/domain/capabilities.ts';
import {
  DETAIL_MAX,
  type BotAccount,
  type Channel,
  type ChannelBot,
  type Envelope,
  type Outcome,
} from '../../src/domain/channel.ts';
import type { Mailbox } from '../../src/domain/mailbox.ts';
import { badge } from './badge.ts';
import { parse } from './parse.ts';
import { render, TEXT_LIMIT } from './render.ts';

export const capabilities: Capabilities = {
  elements: ['text', 'image', 'buttons'],
  textLimit: TEXT_LIMIT,
  // Picture and text travel in one payload.
  captionLimit: TEXT_LIMIT,
  textUnit: 'characters',
  formatting: ['bold', 'italic', 'underline', 'strike', 'code', 'link'],
  buttons: { kinds: ['link', 'message', 'buy'], max: 12, perRow: 3, label: 60 },
  imageBytes: 10_000_000,
  receipts: { delivered: true, opened: true },
  batch: { size: 100, identical: false, placeholder: null },
  idempotent: true,
  // Nobody limits us but ourselves: a default that the smallest server carries beside its visitors.
  rate: { mailing: 200, bot: null, chat: null },
  window: null,
  inbound: ['socket'],
  look: {
    light: {
      page: '#f6f7f9',
      bubble: '#ffffff',
      text: '#1b1f24',
      dim: '#5b6470',
      link: '#0b57d0',
      button: '#eef2f7',
      label: '#1b1f24',
    },
    dark: {
      page: '#15181c',
      bubble: '#23282e',
      text: '#eef1f4',
      dim: '#a9b1bb',
      link: '#8ab8ff',
      button: '#323941',
      label: '#eef1f4',
    },
    radius: 16,
    buttons: 'inside',
    buttonRadius: 10,
  },
};

export interface WebDeps {
  mailbox: Mailbox;
}

export function createWebChannel({ mailbox }: WebDeps): Channel {
  return {
    name: 'web',
    capabilities,
    badge,
    credentials: [],
    // Visitors come through the visitor API, which knows them by their secret; no platform calls a webhook.
    verify: () => false,
    parse,
    render,

    check: async (bot) => accountOf(bot),
    connect: async (bot) => ({ ...accountOf(bot), webhook: 'none' }),

    async deliver(envelopes: readonly Envelope[], bot): Promise<Outcome[]> {
      try {
        const ids = await mailbox.append(
          envelopes.map(({ address, key, payload }) => ({ botId: bot.id, visitorId: address, key, payload })),
        );
        return ids.map((id) => ({ status: 'accepted', messageId: String(id) }));
      } catch (error) {
        // The statement may have been committed before the connection broke; the key makes another try harmless.
        const detail = error instanceof Error ? error.message : String(error);
        return envelopes.map(() => ({ status: 'unknown', detail: detail.slice(0, DETAIL_MAX) }));
      }
    },
  };
}

/** There is no platform to ask: a chat is what we call it. */
const accountOf = (bot: ChannelBot): BotAccount => ({
  externalId: bot.externalId || bot.publicId,
  name: bot.name,
  username: null,
  picture: null,
  link: null,
});
