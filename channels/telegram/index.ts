// Telegram behind the channel contract. README.md here names the platform's limits and quirks.
import type { Channel, ChannelBot, InboundRequest, ReadMedia } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { sameSecret } from '../lib/secrets.ts';
import { badge } from './badge.ts';
import { CAPABILITIES, CREDENTIALS } from './capabilities.ts';
import { createTelegramClient } from './client.ts';
import { check, connect } from './connect.ts';
import { createDeliver } from './deliver.ts';
import { listen } from './listen.ts';
import { parse, pressId } from './parse.ts';
import { render } from './render.ts';

export interface TelegramDeps {
  http: HttpClient;
  readMedia: ReadMedia;
  now: () => number;
}

export function createTelegram({ http, readMedia, now }: TelegramDeps): Channel {
  const client = createTelegramClient(http);
  return {
    name: 'telegram',
    capabilities: CAPABILITIES,
    badge,
    credentials: CREDENTIALS,
    verify,
    parse: (update, _bot, at) => parse(update, at),
    answer: (update) => {
      const press = pressId(update);
      if (press === null) return null;
      // A method call in the answer saves a request; its result is lost, which does not matter here.
      const body = JSON.stringify({ method: 'answerCallbackQuery', callback_query_id: press });
      return { status: 200, type: 'application/json', body };
    },
    render: (message, links, choices) => render(message, links, choices).map((payload) => ({ ...payload })),
    check: (bot) => check(client, bot),
    connect: (bot, webhookUrl) => connect(client, bot, webhookUrl),
    disconnect: async (bot) => void (await client.api(bot).deleteWebhook()),
    deliver: createDeliver({ client, readMedia, now }),
    listen: (bot, receive, signal) => listen(client, bot, receive, signal),
  };
}

const verify = (request: InboundRequest, bot: ChannelBot): boolean =>
  sameSecret(request.headers['x-telegram-bot-api-secret-token'], bot.webhookSecret);
