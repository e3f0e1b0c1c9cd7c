// The way to the API: form bodies, basic authentication, JSON answers. The token goes into one header and nowhere else.
import type { ChannelBot } from '../../src/domain/channel.ts';
import { type HttpClient, NoAnswer } from '../lib/http.ts';

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
  | { kind: 'taken'; body: Readonly<Record<string, unknown>> }
  /** Refused by the API, in its own words. `code` is null where an answer bears none. */
  | { kind: 'refused'; status: number; code: number | null; message: string; retryAfter: number | null }
  /** Not the API's answer: a proxy's page, say. */
  | { kind: 'not_an_api'; status: number }
  | { kind: 'no_answer'; sent: boolean; code: string };

export const rootOf = (bot: ChannelBot): string => (bot.apiRoot ?? API_ROOT).replace(/\/+$/, '');
const servicesRootOf = (bot: ChannelBot): string => (bot.apiRoot ?? SERVICES_ROOT).replace(/\/+$/, '');

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
      if (error instanceof NoAnswer) return { kind: 'no_answer', sent: error.sent, code: error.code };
      return { kind: 'no_answer', sent: true, code: 'UNKNOWN' };
    }
  };
  return {
    account: (bot, method, path, form) =>
      ask(
        bot,
        method,
        `${rootOf(bot)}/2010-04-01/Accounts/${bot.credentials.accountSid}${path === '' ? '' : '/'}${withEnding(path)}`,
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
  const body = parseObject(bytes);
  if (!body) return { kind: 'not_an_api', status };
  if (status >= 200 && status < 300) return { kind: 'taken', body };
  return {
    kind: 'refused',
    status,
    code: Number.isSafeInteger(body.code) ? Number(body.code) : null,
    message: typeof body.message === 'string' ? body.message : '',
    retryAfter: /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) : null,
  };
}

function parseObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
