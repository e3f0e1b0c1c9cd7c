// The way to the Messaging API over our own HTTP client. The token travels in a header and never reaches an error or a log.
import type { ChannelBot } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { rootOf } from '../lib/api-root.ts';
import { type ApiAnswer, callApi } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';

export const DEFAULT_API_ROOT = 'https://api.line.me';

export const apiRootOf = (bot: ChannelBot): string => rootOf(bot, DEFAULT_API_ROOT);

export interface LineCall {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  json?: unknown;
  /** Lets the platform recognise a repeat of this very request. */
  retryKey?: string;
}

export const callLine = (
  http: HttpClient,
  bot: ChannelBot,
  { method, path, json, retryKey }: LineCall,
): Promise<ApiAnswer> =>
  callApi(http, {
    method,
    url: apiRootOf(bot) + path,
    headers: {
      authorization: `Bearer ${bot.credentials.token ?? ''}`,
      ...(retryKey === undefined ? {} : { 'x-line-retry-key': retryKey }),
    },
    ...(json === undefined ? {} : { json }),
  });

/** The platform's own words about a refusal, with the places in the request it points at. */
export function reasonOf({ body }: ApiAnswer): string {
  const { message, details } = asRecord(body);
  const places = Array.isArray(details)
    ? details.map((one) => `${asText(asRecord(one).property)}: ${asText(asRecord(one).message)}`)
    : [];
  return [asText(message), ...places].filter((part) => part !== '').join(' ');
}
