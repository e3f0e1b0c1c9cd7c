// The way to Slack's Web API over our own HTTP client: no retry and no queue, since the engine must see every 429. The token
// travels in a header and never reaches an error or a log.
import type { ChannelBot } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { rootOf } from '../lib/api-root.ts';
import { type ApiAnswer, callApi } from '../lib/json-api.ts';
import { asList, asRecord, asText } from '../lib/json.ts';

export const DEFAULT_API_ROOT = 'https://slack.com/api';

export const apiRootOf = (bot: ChannelBot): string => rootOf(bot, DEFAULT_API_ROOT);

/** Calls a method; `json` is posted, without it the call is a question with `query`. */
export const callSlack = (
  http: HttpClient,
  bot: ChannelBot,
  { method, json, query = {} }: { method: string; json?: object; query?: Record<string, string> },
): Promise<ApiAnswer> => {
  const search = new URLSearchParams(query).toString();
  return callApi(http, {
    method: json === undefined ? 'GET' : 'POST',
    url: `${apiRootOf(bot)}/${method}${search === '' ? '' : `?${search}`}`,
    headers: {
      authorization: `Bearer ${bot.credentials.token ?? ''}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    },
    ...(json === undefined ? {} : { json }),
  });
};

/** The name of an error and what the platform says beside it; empty where the answer is not the platform's. */
export function errorOf({ body }: ApiAnswer): { error: string; more: string } {
  const { error, response_metadata: metadata, needed } = asRecord(body);
  const more = [...asList(asRecord(metadata).messages).map(asText), asText(needed)].filter((part) => part !== '');
  return { error: asText(error), more: more.join(' ') };
}
