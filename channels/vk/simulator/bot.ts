// What is VK's own about a simulated community and its people: ids, tokens, and how each act is told as an event.
import { createHash, randomBytes } from 'node:crypto';
import { Ledger } from '../../lib/simulator/ledger.ts';
import { BadWish, type BotWish, type Messenger } from '../../lib/simulator/messenger.ts';
import { personAt } from '../../lib/simulator/people.ts';
import type { SimulatedBot, World } from '../../lib/simulator/world.ts';
import { Events } from './events.ts';

export interface Community extends SimulatedBot {
  group: number;
  token: string;
  screenName: string;
  updates: Events;
  /** Ids of photos that were uploaded, with their access keys. */
  photos: Map<string, { bytes: number }>;
  /** What was uploaded and not saved yet, by hash. */
  uploads: Map<string, { bytes: number }>;
  nextMessageId: number;
  /** Numbers of messages that were sent, and the id each became. */
  sent: Map<string, number>;
}

export type VkWorld = World<Community>;

const TOKEN = /^[A-Za-z0-9._-]{60,400}$/;
const SCREEN_NAME = /^[A-Za-z0-9_.]{2,32}$/;
const FIRST_PERSON_ID = 500_000_001;
const FIRST_GROUP = 200_000_000;
const GROUPS = 20_000_000;
const STOP_WORD = 'STOP';
/** The app's languages, by the platform's numbers; Vietnamese is another. */
const LANGUAGES: Readonly<Record<string, number>> = { ru: 0, uk: 1, en: 3, es: 4, vi: 75 };

export const idOf = (index: number): number => FIRST_PERSON_ID + index;

export const createMessenger = (world: VkWorld): Messenger<Community> => ({
  addressOf: (index) => String(idOf(index)),
  indexOf: (address) => (/^\d{1,12}$/.test(address) ? Number(address) - FIRST_PERSON_ID : null),
  createBot: (wish) => createBot(world, wish),
  tell: {
    started(bot, index, ref) {
      const link = ref === null ? {} : { ref, ref_source: 'link' };
      say(world, bot, index, { text: 'Start', payload: JSON.stringify({ command: 'start' }), ...link });
    },
    stopped: (bot, index) => say(world, bot, index, { text: STOP_WORD }),
    replied(bot, index, text) {
      bot.ledger.setNextAt(index, 0);
      say(world, bot, index, { text });
    },
    blocked: (bot, index) => bot.updates.push('message_deny', { user_id: idOf(index) }),
    unblocked: (bot, index) => bot.updates.push('message_allow', { user_id: idOf(index), key: '' }),
    pressed: (bot, { person }, { label, data = '' }) => say(world, bot, person, { text: label, payload: data }),
    opened: (bot, { person, messageId }) =>
      bot.updates.push('message_read', {
        from_id: idOf(person),
        peer_id: idOf(person),
        read_message_id: Number(messageId),
        conversation_message_id: bot.ledger.received(person),
      }),
  },
});

function createBot(world: VkWorld, { name, username, credentials }: BotWish): Community {
  if (credentials.token !== undefined && !TOKEN.test(credentials.token))
    throw new BadWish('credentials.token: not the key of a community');
  if (username !== null && !SCREEN_NAME.test(username)) throw new BadWish('username: 2 to 32 letters, digits, dots');
  const token = credentials.token ?? `vk1.a.${randomBytes(120).toString('base64url')}`;
  // The same token is the same community again.
  const group = FIRST_GROUP + (createHash('sha256').update(token).digest().readUInt32BE() % GROUPS);
  return {
    id: String(group),
    group,
    token,
    name,
    username: username ?? `club${group}`,
    screenName: username ?? `club${group}`,
    credentials: { token },
    ledger: new Ledger(),
    nextAt: 0,
    updates: new Events(group, () => world.random() < world.behaviour.repeat),
    photos: new Map(),
    uploads: new Map(),
    // A restarted simulator must not repeat the ids of the one before.
    nextMessageId: Math.floor(world.now() / 10),
    sent: new Map(),
  };
}

function say(world: VkWorld, bot: Community, index: number, message: Record<string, unknown>): void {
  const id = bot.nextMessageId++;
  bot.updates.push('message_new', {
    message: {
      id,
      date: Math.floor(world.now() / 1000),
      from_id: idOf(index),
      peer_id: idOf(index),
      out: 0,
      conversation_message_id: bot.ledger.received(index) + 1,
      attachments: [],
      fwd_messages: [],
      important: false,
      is_hidden: false,
      random_id: 0,
      ...message,
    },
    client_info: {
      button_actions: ['text', 'open_link', 'callback', 'location', 'open_app', 'vkpay'],
      keyboard: true,
      inline_keyboard: true,
      carousel: true,
      lang_id: LANGUAGES[personAt(index).locale] ?? 3,
    },
  });
}
