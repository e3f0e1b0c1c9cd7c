// What is the SMS platform's own about a simulated number and its people: phones, accounts, and how each act is told as a
// signed form.
import { randomBytes } from 'node:crypto';
import { Ledger } from '../../lib/simulator/ledger.ts';
import { BadWish, type BotWish, type Messenger } from '../../lib/simulator/messenger.ts';
import { Outbox } from '../../lib/simulator/outbox.ts';
import { personAt } from '../../lib/simulator/people.ts';
import type { Received, SimulatedBot, World } from '../../lib/simulator/world.ts';
import { ACCOUNT_PATTERN, SENDERS } from '../capabilities.ts';
import { signature, signedFields } from '../signature.ts';

/** A webhook call: to the number's own address, or to the one that was named with a message. */
export interface Call {
  url: string | null;
  fields: Readonly<Record<string, string>>;
}

export interface SmsBot extends SimulatedBot {
  /** Where what people write is told. */
  smsUrl: string;
  /** Where the fate of each message is told, by its id; only of messages under way. */
  callbacks: Map<string, string>;
  outbox: Outbox<Call>;
}

export type SmsWorld = World<SmsBot>;

const CONNECTIONS = 40;
const MOST_TRIES = 6;
const MAX_CALLBACKS = 100_000;

export const newSid = (prefix: string): string => `${prefix}${randomBytes(16).toString('hex')}`;

export const createMessenger = (world: SmsWorld): Messenger<SmsBot> => ({
  addressOf: (index) => personAt(index).phone,
  indexOf: (address) => (/^\+1555\d{7}$/.test(address) ? Number(address.slice(5)) : null),
  createBot: (wish) => createBot(world, wish),
  tell: {
    started: (bot, index, ref) => say(bot, index, ref === null ? 'START' : `START ${ref}`),
    stopped: (bot, index) => say(bot, index, 'STOP'),
    replied: (bot, index, text) => say(bot, index, text),
    // A handset keeps it to itself: only what becomes of the next message tells.
    blocked: () => undefined,
    unblocked: () => undefined,
    pressed: () => undefined,
    delivered: (bot, received) => tellStatus(bot, received, 'delivered'),
  },
});

function createBot(world: SmsWorld, { name, username, credentials }: BotWish): SmsBot {
  const {
    accountSid = newSid('AC'),
    authToken = randomBytes(16).toString('hex'),
    from = `+1500555${String(world.bots.size + 1).padStart(4, '0')}`,
  } = credentials;
  if (!new RegExp(ACCOUNT_PATTERN).test(accountSid)) throw new BadWish('credentials.accountSid: AC and 32 hex digits');
  if (!SENDERS.number.test(from)) throw new BadWish('credentials.from: a number in international form');
  const outbox: Outbox<Call> = new Outbox<Call>({
    post: ({ url, fields }) => signed(url ?? bot.smsUrl, fields, authToken),
    connections: () => CONNECTIONS,
    repeats: () => world.random() < world.behaviour.repeat,
    tries: ({ url }) => triesOf(url ?? bot.smsUrl),
  });
  const bot: SmsBot = {
    id: `${accountSid}/${from}`,
    name,
    username: username ?? from,
    credentials: { accountSid, authToken, from },
    ledger: new Ledger(),
    updates: {
      get pending() {
        return outbox.pending;
      },
      info: () => ({ url: bot.smsUrl, pending: outbox.pending, lastFault: outbox.lastFault }),
      close: () => outbox.close(),
    },
    outbox,
    smsUrl: '',
    callbacks: new Map(),
    nextAt: 0,
  };
  return bot;
}

/** A wrong answer brings another try only where the address asks for it, behind a `#`. */
function triesOf(address: string): number {
  const wishes = new URLSearchParams(address.split('#')[1] ?? '');
  const again = (wishes.get('rp') ?? 'ct').split(',').some((policy) => policy === '5xx' || policy === 'all');
  return again ? Math.min(1 + Number(wishes.get('rc') ?? 1), MOST_TRIES) : 1;
}

function signed(address: string, fields: Call['fields'], token: string) {
  if (address === '') return null;
  const [url = ''] = address.split('#');
  const body = new URLSearchParams(fields).toString();
  return {
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'x-twilio-signature': signature(url + signedFields(body), token),
    },
    body,
  };
}

function say(bot: SmsBot, index: number, text: string): void {
  const id = newSid('SM');
  bot.outbox.push({
    url: null,
    fields: {
      MessageSid: id,
      SmsSid: id,
      AccountSid: bot.credentials.accountSid ?? '',
      From: personAt(index).phone,
      To: bot.credentials.from ?? '',
      Body: text,
      SmsStatus: 'received',
      NumMedia: '0',
      NumSegments: '1',
      ApiVersion: '2010-04-01',
    },
  });
}

export function expectCallback(bot: SmsBot, messageId: string, url: string): void {
  if (bot.callbacks.size >= MAX_CALLBACKS) bot.callbacks.clear();
  bot.callbacks.set(messageId, url);
}

/** Nothing is told of a message that named no address. */
export function tellStatus(
  bot: SmsBot,
  { address, messageId }: Pick<Received, 'address' | 'messageId'>,
  status: 'sent' | 'delivered' | 'undelivered',
  errorCode?: number,
): void {
  const url = bot.callbacks.get(messageId);
  if (url === undefined) return;
  if (status !== 'sent') bot.callbacks.delete(messageId);
  bot.outbox.push({
    url,
    fields: {
      MessageSid: messageId,
      SmsSid: messageId,
      MessageStatus: status,
      SmsStatus: status,
      AccountSid: bot.credentials.accountSid ?? '',
      From: bot.credentials.from ?? '',
      To: address,
      ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
      ApiVersion: '2010-04-01',
    },
  });
}
