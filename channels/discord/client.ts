// The way to Discord's API over our own HTTP client. The token travels in a header and never reaches an error or a log.
import type { ChannelBot } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { rootOf } from '../lib/api-root.ts';
import { type ApiAnswer, type ApiCall, callApi } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';

export const DEFAULT_API_ROOT = 'https://discord.com/api/v10';
/** The documented form; other callers may be turned away. */
const USER_AGENT = 'DiscordBot (self-hosted Herald, 0.1)';

export const apiRootOf = (bot: ChannelBot): string => rootOf(bot, DEFAULT_API_ROOT);

export type DiscordCall = Pick<ApiCall, 'method' | 'json' | 'body' | 'headers'> & { path: string };

export const callDiscord = (
  http: HttpClient,
  bot: ChannelBot,
  { path, headers, ...call }: DiscordCall,
): Promise<ApiAnswer> =>
  callApi(http, {
    ...call,
    url: apiRootOf(bot) + path,
    headers: { authorization: `Bot ${bot.credentials.token ?? ''}`, 'user-agent': USER_AGENT, ...headers },
  });

/** The platform's number of an error, 0 where it names none, and its words with the fields it points at. */
export function errorOf({ body }: ApiAnswer): { code: number; message: string } {
  const { code, message, errors } = asRecord(body);
  const places = errors === undefined ? '' : JSON.stringify(errors);
  return { code: typeof code === 'number' ? code : 0, message: [asText(message), places].join(' ').trim() };
}
