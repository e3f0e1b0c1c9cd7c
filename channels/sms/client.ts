// The way to the API: form bodies, basic authentication, JSON answers. The token goes into one header and nowhere else.
import type { ChannelBot } from '../../src/domain/channel.ts';
import { rootOf, type Unheard, unheardBecause } from '../lib/api-root.ts';
import type { HttpClient } from '../lib/http.ts';
import { asText, isRecord, type JsonRecord, parseJson } from '../lib/json.ts';

const API_ROOT = 'https://api.twilio.com';
/** Messaging Services live on a host of their own; an API root of one's own serves both. */
const SERVICES_ROOT = 'https://messaging.twilio.com';

export interface SmsClient {
  /** `path` below the account, such as `Messages`; `.json` is added. */
  account(bot: ChannelBot, method: 'GET' | 'POST', path: string, form?: Form): Promise<Answer>;
  /** `path` below `/v1/Services`. */
  service(bot: ChannelBot, method: 'GET' | 'POST', path: string, form?: Form): Promise<Answer>;
}

export type Form = Readonly<Record<string, string>>;

export type Answer =
  | { kind: 'taken'; body: JsonRecord }
  /** Refused by the API, in its own words. `code` is null where an answer bears none. */
  | { kind: 'refused'; status: number; code: number | null; message: string; retryAfter: number | null }
  | Unheard;

export const apiRootOf = (bot: ChannelBot): string => rootOf(bot, API_ROOT);
const servicesRootOf = (bot: ChannelBot): string => rootOf(bot, SERVICES_ROOT);

export function createSmsClient(http: HttpClient): SmsClient {
  const ask = async (bot: ChannelBot, method: 'GET' | 'POST', url: string, form?: Form): Promise<Answer> => {
    const { accountSid = '', authToken = '' } = bot.credentials;
    try {
      const { status, headers, body } = await http.request({
        method,
        url,
        headers: {
          authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(form ? { body: new URLSearchParams(form).toString() } : {}),
      });
      return readAnswer(status, String(headers['retry-after'] ?? ''), body);
    } catch (error) {
      return unheardBecause(error);
    }
  };
  return {
    account: (bot, method, path, form) =>
      ask(
        bot,
        method,
        `${apiRootOf(bot)}/2010-04-01/Accounts/${bot.credentials.accountSid}${path === '' ? '' : '/'}${withEnding(path)}`,
        form,
      ),
    service: (bot, method, path, form) => ask(bot, method, `${servicesRootOf(bot)}/v1/Services/${path}`, form),
  };
}

const withEnding = (path: string): string => {
  const [name, query] = path.split('?');
  return `${name}.json${query === undefined ? '' : `?${query}`}`;
};

function readAnswer(status: number, retryAfter: string, bytes: Buffer): Answer {
  const body = parseJson(bytes.toString('utf8'));
  if (!isRecord(body)) return { kind: 'not_an_api', status };
  if (status >= 200 && status < 300) return { kind: 'taken', body };
  return {
    kind: 'refused',
    status,
    code: Number.isSafeInteger(body.code) ? Number(body.code) : null,
    message: asText(body.message),
    retryAfter: /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) : null,
  };
}
