// The calls of the API that a bot needs: its account, its number, sending. Each is checked as the platform checks it, and
// refused in its words and codes.
import type { Crowd } from '../../lib/simulator/crowd.ts';
import { BLOCKED, STOPPED, STRANGER } from '../../lib/simulator/ledger.ts';
import { holdMessage } from '../../lib/simulator/limits.ts';
import type { Messenger } from '../../lib/simulator/messenger.ts';
import type { ApiRequest } from '../../lib/simulator/server.ts';
import { segmentsOf } from '../../lib/segments.ts';
import { sameSecret } from '../../lib/secrets.ts';
import { CAPABILITIES } from '../capabilities.ts';
import { expectCallback, newSid, type SmsBot, type SmsWorld, tellStatus } from './number.ts';

export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Api {
  world: SmsWorld;
  messenger: Messenger<SmsBot>;
  receive: Crowd<SmsBot>['receive'];
  /** Take addresses without https, on this machine. */
  local: boolean;
}

interface Created {
  status: number;
  body: unknown;
}

export function answerApi(api: Api, { method, url, headers, body }: ApiRequest): Created {
  const [, account = '', path = ''] =
    /^\/2010-04-01\/Accounts\/(AC[0-9a-fA-F]{32})(?:\/(.+))?\.json$/.exec(url.pathname) ?? [];
  if (body === null) throw new Refusal(413, 20413, 'Request Entity Too Large');
  const bot = signIn(api.world, account, headers.authorization ?? '');
  const form = new URLSearchParams(body.toString('utf8'));
  const { from = '' } = bot.credentials;
  if (method === 'GET' && path === '')
    return { status: 200, body: { sid: account, friendly_name: bot.name, status: 'active', type: 'Full' } };
  if (method === 'GET' && path === 'IncomingPhoneNumbers') {
    const wanted = url.searchParams.get('PhoneNumber');
    const numbers = wanted === null || wanted === from ? [numberOf(bot)] : [];
    return { status: 200, body: { incoming_phone_numbers: numbers } };
  }
  if (method === 'POST' && path === `IncomingPhoneNumbers/${numberOf(bot).sid}`) return pointNumber(api, bot, form);
  if (method === 'POST' && path === 'Messages') return send(api, bot, form);
  throw new Refusal(404, 20404, `The requested resource ${url.pathname} was not found`);
}

function signIn(world: SmsWorld, account: string, authorization: string): SmsBot {
  const [, encoded = ''] = /^Basic (.+)$/.exec(authorization) ?? [];
  const [user, token] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const bot = [...world.bots.values()].find(({ credentials }) => credentials.accountSid === account);
  if (!bot || user !== account || !sameSecret(token, bot.credentials.authToken ?? ''))
    throw new Refusal(401, 20003, 'Authenticate');
  return bot;
}

const numberOf = ({ credentials, name, smsUrl }: SmsBot) => ({
  sid: `PN${(credentials.accountSid ?? '').slice(2)}`,
  phone_number: credentials.from,
  friendly_name: name,
  sms_url: smsUrl,
  capabilities: { sms: true, mms: false, voice: false },
});

function pointNumber({ local }: Api, bot: SmsBot, form: URLSearchParams): Created {
  const url = form.get('SmsUrl') ?? '';
  if (url !== '' && !isCallable(url, local)) throw new Refusal(400, 21402, `Invalid SmsUrl: ${url}`);
  bot.smsUrl = url;
  bot.outbox.wake();
  return { status: 200, body: numberOf(bot) };
}

const isCallable = (url: string, local: boolean): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === 'https:' || (local && protocol === 'http:');
};

function send({ world, messenger, receive, local }: Api, bot: SmsBot, form: URLSearchParams): Created {
  const [to, from, text, callback] = ['To', 'From', 'Body', 'StatusCallback'].map((name) => form.get(name) ?? '') as [
    string,
    string,
    string,
    string,
  ];
  const reject = (code: number, message: string): never => {
    world.counts.rejected += 1;
    throw new Refusal(400, code, message);
  };
  if (to === '') reject(21604, "A 'To' phone number is required.");
  if (!/^\+[1-9]\d{6,14}$/.test(to)) reject(21211, `Invalid 'To' Phone Number: ${to}`);
  if (from !== bot.credentials.from)
    reject(21606, `The 'From' phone number provided (${from}) is not a valid message-capable phone number.`);
  if (text === '') reject(21602, 'Message body is required.');
  if (text.length > CAPABILITIES.textLimit)
    reject(21617, 'The concatenated message body exceeds the 1600 character limit');
  if (callback !== '' && !isCallable(callback, local)) reject(21609, `Invalid StatusCallback: ${callback}`);

  const index = messenger.indexOf(to);
  const state = index === null || index >= world.people ? STRANGER : bot.ledger.state(index);
  if (state === STOPPED) reject(21610, 'Attempt to send to unsubscribed recipient');
  const wait = holdMessage(world, bot, index ?? 0);
  if (wait > 0) throw new Refusal(429, 20429, 'Too Many Requests');

  const messageId = newSid('SM');
  if (callback !== '') expectCallback(bot, messageId, callback);
  const { encoding, parts } = segmentsOf(text);
  tellStatus(bot, { address: to, messageId }, 'sent');
  if (index === null || index >= world.people) tellStatus(bot, { address: to, messageId }, 'undelivered', 30_005);
  else if (state === BLOCKED) tellStatus(bot, { address: to, messageId }, 'undelivered', 30_004);
  else
    receive(bot, index, messageId, {
      method: 'Messages',
      text,
      picture: null,
      buttons: [],
      links: text.match(/https?:\/\/[^\s)]+/g) ?? [],
      details: { encoding, segments: parts.length },
    });
  const answer = { sid: messageId, to, from, body: text, status: 'queued', num_segments: String(parts.length) };
  return { status: 201, body: { ...answer, error_code: null, error_message: null, direction: 'outbound-api' } };
}
