// What is Viber's own about a simulated bot and its people: ids, tokens, and how each act is told as an event.
import { createHash, randomBytes } from 'node:crypto';
import { BLOCKED, Ledger } from '../../lib/simulator/ledger.ts';
import { BadWish, type BotWish, type Messenger } from '../../lib/simulator/messenger.ts';
import { personAt } from '../../lib/simulator/people.ts';
import { isRecord, parseJson } from '../../lib/json.ts';
import type { SimulatedBot, World } from '../../lib/simulator/world.ts';
import { checkMessage } from './content.ts';
import { type Event, Events } from './events.ts';

export interface ViberBot extends SimulatedBot {
  token: string;
  uri: string;
  updates: Events;
}

export type ViberWorld = World<ViberBot>;

const TOKEN = /^[0-9a-z]{8,32}(-[0-9a-z]{8,32}){2}$/;
const URI = /^[A-Za-z0-9_]{2,28}$/;
const ID_BYTES = 16;
const STOP_WORD = 'STOP';

const sealOf = (index: number): Buffer =>
  createHash('sha256')
    .update(`person ${index}`)
    .digest()
    .subarray(0, ID_BYTES - 4);

/** Sixteen bytes in base64, with all that has to be escaped in an address. */
export function idOf(index: number): string {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(index);
  return Buffer.concat([number, sealOf(index)]).toString('base64');
}

export function indexOf(id: string): number | null {
  const bytes = Buffer.from(id, 'base64');
  if (bytes.length !== ID_BYTES || bytes.toString('base64') !== id) return null;
  const index = bytes.readUInt32BE();
  return bytes.subarray(4).equals(sealOf(index)) ? index : null;
}

export const createMessenger = (world: ViberWorld): Messenger<ViberBot> => ({
  addressOf: idOf,
  indexOf,
  createBot: (wish) => createBot(world, wish),
  tell: {
    started: (bot, index, ref) =>
      bot.updates.push('conversation_started', {
        type: 'open',
        ...(ref === null ? {} : { context: ref }),
        user: userAt(index),
        subscribed: false,
      }),
    stopped: (bot, index) => say(bot, index, { type: 'text', text: STOP_WORD }),
    replied(bot, index, text) {
      // Whoever answers may be written to again, however much they were written to before.
      bot.ledger.setNextAt(index, 0);
      say(bot, index, { type: 'text', text });
    },
    // The app has one switch for it, whatever it is called.
    blocked: (bot, index) => bot.updates.push('unsubscribed', { user_id: idOf(index) }),
    unblocked: (bot, index) => bot.updates.push('subscribed', { user: userAt(index) }),
    pressed: (bot, { person }, { data }) => say(bot, person, { type: 'text', text: data }),
    visited: (bot, { person }, url) => say(bot, person, { type: 'text', text: url }, true),
    shared: (bot, { person, details }) =>
      say(bot, person, {
        type: 'contact',
        contact: { name: personAt(person).firstName, phone_number: personAt(person).phone },
        tracking_data: details.tracking_data ?? '',
      }),
    delivered: (bot, { messageId, address }) => receipt(bot, 'delivered', messageId, address),
    opened: (bot, { messageId, address }) => receipt(bot, 'seen', messageId, address),
  },
});

const receipt = (bot: ViberBot, event: string, messageId: string, address: string): void =>
  bot.updates.push(event, { message_token: messageId, user_id: address });

function createBot(world: ViberWorld, { name, username, credentials }: BotWish): ViberBot {
  if (credentials.token !== undefined && !TOKEN.test(credentials.token))
    throw new BadWish('credentials.token: not three groups of letters and digits');
  if (username !== null && !URI.test(username)) throw new BadWish('username: 2 to 28 letters, digits and underscores');
  const token = credentials.token ?? [8, 8, 8].map((bytes) => randomBytes(bytes).toString('hex')).join('-');
  const digest = createHash('sha256').update(token).digest('hex');
  const bot: ViberBot = {
    // Like the platform's: the same token is the same account again.
    id: `pa:${BigInt(`0x${digest.slice(0, 15)}`)}`,
    token,
    name,
    username: username ?? `shop${digest.slice(0, 8)}`,
    uri: username ?? `shop${digest.slice(0, 8)}`,
    credentials: { token },
    ledger: new Ledger(),
    nextAt: 0,
    updates: new Events({
      token,
      now: world.now,
      repeats: () => world.random() < world.behaviour.repeat,
      answered: (event, body) => welcomed(world, bot, event, body),
    }),
  };
  return bot;
}

/**
 * Whoever opened the chat reads the welcome in the webhook's answer and presses its button; without one they subscribe
 * by the app's own.
 */
function welcomed(world: ViberWorld, bot: ViberBot, event: Event, body: string): void {
  if (event.event !== 'conversation_started' || !isRecord(event.user)) return;
  const index = indexOf(String(event.user.id));
  if (index === null || bot.ledger.state(index) === BLOCKED) return;
  const message = body === '' ? undefined : parseJson(body);
  const checked = isRecord(message) ? checkMessage(message) : null;
  if (checked && 'content' in checked) {
    const button = checked.content.buttons.flat().find(({ data }) => data !== undefined);
    say(bot, index, { type: 'text', text: button?.data ?? 'Hi' });
    return;
  }
  if (body !== '') world.counts.rejected += 1;
  bot.updates.push('subscribed', { user: userAt(index) });
}

/** What the app tells of an opened address is silent, as our buttons ask. */
function say(bot: ViberBot, index: number, message: Record<string, unknown>, silent = false): void {
  bot.updates.push('message', {
    chat_hostname: 'SN-CHAT-01_',
    sender: userAt(index),
    message: { tracking_data: '', ...message },
    silent,
  });
}

function userAt(index: number): Record<string, unknown> {
  const { firstName, lastName, locale } = personAt(index);
  return { id: idOf(index), name: `${firstName} ${lastName}`.trim(), language: locale, country: 'UA', api_version: 10 };
}
