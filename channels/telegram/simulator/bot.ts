// What is Telegram's own about a simulated bot and its people: ids, tokens, and how each act is told as an update.
import { randomBytes } from 'node:crypto';
import { Ledger } from '../../lib/simulator/ledger.ts';
import { BadWish, type BotWish, type Messenger } from '../../lib/simulator/messenger.ts';
import { type Person, personAt } from '../../lib/simulator/people.ts';
import type { SimulatedBot, World } from '../../lib/simulator/world.ts';
import { Updates } from './updates.ts';

export interface TelegramBot extends SimulatedBot {
  token: string;
  username: string;
  updates: Updates;
  files: Map<string, { body: Buffer; path: string }>;
  nextMessageId: number;
  /** Presses that wait for an answer. */
  presses: Map<string, number>;
}

export type TelegramWorld = World<TelegramBot>;

const FIRST_BOT_ID = 5_000_000_001;
/** Ids of people look like the platform's: beyond 32 bits, so that nobody keeps them in an int. */
const FIRST_PERSON_ID = 7_000_000_001;
/** More updates than this never come in a millisecond, so a later start always begins above all earlier numbers. */
const UPDATES_PER_MS = 1000;
const TOKEN = /^[0-9]{3,15}:[A-Za-z0-9_-]{20,100}$/;
const USERNAME = /^[A-Za-z0-9_]{5,32}$/;

export const idOf = (index: number): number => FIRST_PERSON_ID + index;
/** The index of a person's id; the id may be of nobody. */
export const indexOf = (id: number): number => id - FIRST_PERSON_ID;

export const botWithToken = (world: TelegramWorld, token: string): TelegramBot | null => {
  const bot = world.bots.get(token.split(':')[0] ?? '');
  return bot?.token === token ? bot : null;
};

export const createMessenger = (world: TelegramWorld): Messenger<TelegramBot> => ({
  addressOf: (index) => String(idOf(index)),
  indexOf: (address) => (/^\d{1,15}$/.test(address) ? indexOf(Number(address)) : null),
  createBot: (wish) => createBot(world, wish),
  tell: {
    started: (bot, index, ref) => say(world, bot, index, ref ? `/start ${ref}` : '/start'),
    stopped: (bot, index) => say(world, bot, index, '/stop'),
    replied: (bot, index, text) => say(world, bot, index, text),
    blocked: (bot, index) => membership(world, bot, index, 'member', 'kicked'),
    unblocked: (bot, index) => membership(world, bot, index, 'kicked', 'member'),
    shared: (bot, { person }) => {
      const { phone, firstName } = personAt(person);
      tellMessage(world, bot, person, {
        contact: { phone_number: phone, first_name: firstName, user_id: idOf(person) },
      });
    },
    pressed(bot, { person, messageId }, { data }) {
      const id = String(Math.floor(world.random() * 2 ** 52));
      bot.presses.set(id, world.now());
      const who = personAt(person);
      bot.updates.push('callback_query', {
        id,
        from: asUser(who),
        message: { message_id: Number(messageId), from: asBotUser(bot), chat: asChat(who), date: seconds(world) },
        chat_instance: String(idOf(person)),
        data,
      });
    },
  },
});

function createBot(world: TelegramWorld, { name, username, credentials }: BotWish): TelegramBot {
  if (credentials.token !== undefined && !TOKEN.test(credentials.token))
    throw new BadWish('credentials.token: not of the shape 123456:letters-and-digits');
  if (username !== null && !USERNAME.test(username))
    throw new BadWish('username: 5 to 32 letters, digits and underscores');
  const id = credentials.token?.split(':')[0] ?? String(FIRST_BOT_ID + world.bots.size);
  const token = credentials.token ?? `${id}:${randomBytes(26).toString('base64url')}`;
  return {
    id,
    token,
    name,
    username: username ?? `simulated_${id}_bot`,
    credentials: { token },
    // A restarted simulator must not repeat the numbers of the one before: they would be taken for repeats.
    updates: new Updates(world.now() * UPDATES_PER_MS, () => world.random() < world.behaviour.repeat),
    ledger: new Ledger(),
    files: new Map(),
    nextAt: 0,
    nextMessageId: 1,
    presses: new Map(),
  };
}

const seconds = (world: TelegramWorld): number => Math.floor(world.now() / 1000);

function say(world: TelegramWorld, bot: TelegramBot, index: number, text: string): void {
  const command = /^\/\w+/.exec(text)?.[0];
  tellMessage(world, bot, index, {
    text,
    ...(command ? { entities: [{ type: 'bot_command', offset: 0, length: command.length }] } : {}),
  });
}

function tellMessage(world: TelegramWorld, bot: TelegramBot, index: number, content: Record<string, unknown>): void {
  const person = personAt(index);
  bot.updates.push('message', {
    message_id: bot.nextMessageId++,
    from: asUser(person),
    chat: asChat(person),
    date: seconds(world),
    ...content,
  });
}

function membership(world: TelegramWorld, bot: TelegramBot, index: number, from: string, to: string): void {
  const person = personAt(index);
  const member = (status: string) => ({
    user: asBotUser(bot),
    status,
    ...(status === 'kicked' ? { until_date: 0 } : {}),
  });
  bot.updates.push('my_chat_member', {
    chat: asChat(person),
    from: asUser(person),
    date: seconds(world),
    old_chat_member: member(from),
    new_chat_member: member(to),
  });
}

const names = (person: Person): Record<string, unknown> => ({
  first_name: person.firstName,
  ...(person.lastName ? { last_name: person.lastName } : {}),
  ...(person.username ? { username: person.username } : {}),
});

const asUser = (person: Person): Record<string, unknown> => ({
  id: idOf(person.index),
  is_bot: false,
  ...names(person),
  language_code: person.locale,
});

export const asChat = (person: Person): Record<string, unknown> => ({
  id: idOf(person.index),
  ...names(person),
  type: 'private',
});

export const asBotUser = (bot: TelegramBot): Record<string, unknown> => ({
  id: Number(bot.id),
  is_bot: true,
  first_name: bot.name,
  username: bot.username,
});
