// Account calls by the platform's own library: it knows the methods and their fields. Only its wire is ours, so that
// private addresses stay refused, answers bounded, and no token reaches a log.
import LibraryClient, { type ViberLogger } from 'viber-bot/lib/viber-client.js';
import type { ChannelBot } from '../../src/domain/channel.ts';
import { type Answer, apiRootOf, type ViberClient } from './client.ts';

/** What we ask to be told of; messages, `subscribed` and `unsubscribed` come in any case. */
const EVENTS = ['delivered', 'seen', 'failed', 'subscribed', 'unsubscribed', 'conversation_started'] as const;

const PATHS: Readonly<Record<string, string>> = { getAccountInfo: 'get_account_info', setWebhook: 'set_webhook' };

const SILENT: ViberLogger = { debug: () => undefined, info: () => undefined, error: () => undefined };

class AccountClient extends LibraryClient {
  readonly #send: (path: string, data: object) => Promise<Answer>;

  constructor(bot: ChannelBot, send: (path: string, data: object) => Promise<Answer>) {
    const { token = '' } = bot.credentials;
    super(SILENT, { authToken: token, name: bot.name, avatar: null }, `${apiRootOf(bot)}/pa`, EVENTS);
    this.#send = send;
  }

  override _sendRequest(endpoint: string, data: object): Promise<Answer> {
    // The library does not know that names are told only to those who ask.
    const named = endpoint === 'setWebhook' ? { send_name: true, send_photo: false } : {};
    return this.#send(PATHS[endpoint] ?? endpoint, { ...data, ...named });
  }
}

export interface Account {
  info(): Promise<Answer>;
  /** An empty address has nothing told any more. */
  setWebhook(url: string): Promise<Answer>;
}

export function accountOf(client: ViberClient, bot: ChannelBot): Account {
  const library = new AccountClient(bot, (path, data) => client.call(bot, path, JSON.stringify(data)));
  return {
    // Whatever goes over our wire is answered in our words.
    info: () => library.getAccountInfo() as Promise<Answer>,
    setWebhook: (url) => library.setWebhook(url, false) as Promise<Answer>,
  };
}
