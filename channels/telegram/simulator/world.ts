// All that the simulated platform knows: its bots, how many people there are, what was counted, how people behave.
import { randomBytes } from 'node:crypto';
import type { Entity, KeyboardButton } from './content.ts';
import { BOT_PACE, CHAT_PACE, type Pace } from './limits.ts';
import { Ledger, type Person } from './people.ts';
import { Updates } from './updates.ts';

/** Probabilities, 0 to 1, that a person who received a message does this; `delay` is the platform's, in ms. */
export interface Behaviour {
  press: number;
  open: number;
  buy: number;
  pay: number;
  reply: number;
  block: number;
  delay: number;
}

/** A message as a person received it. */
export interface Received {
  botId: number;
  personId: number;
  messageId: number;
  at: number;
  method: 'sendMessage' | 'sendPhoto';
  text: string;
  entities: Entity[];
  keyboard: KeyboardButton[][];
  photo: string | null;
}

export interface SimulatedBot {
  id: number;
  token: string;
  name: string;
  username: string;
  updates: Updates;
  ledger: Ledger;
  files: Map<string, { body: Buffer; path: string }>;
  /** When the next message would be on time: the memory of the limit per bot. */
  nextAt: number;
  nextMessageId: number;
  /** Presses that wait for an answer. */
  presses: Map<string, number>;
}

export interface World {
  bots: Map<string, SimulatedBot>;
  /** People exist from index 0 up to here. */
  people: number;
  behaviour: Behaviour;
  botPace: Pace;
  chatPace: Pace;
  counts: {
    received: number;
    throttled: number;
    rejected: number;
    pressed: number;
    opened: number;
    ordered: number;
    paid: number;
    replied: number;
    blocked: number;
    visitsFailed: number;
  };
  /** The last messages received, oldest first. */
  log: Received[];
  now: () => number;
  random: () => number;
}

export const QUIET: Behaviour = { press: 0, open: 0, buy: 0, pay: 0, reply: 0, block: 0, delay: 0 };
const LOG_LENGTH = 1000;
const FIRST_BOT_ID = 5_000_000_001;

/** More updates than this never come in a millisecond, so a later start always begins above all earlier numbers. */
const UPDATES_PER_MS = 1000;

export const createWorld = (now: () => number, random: () => number): World => ({
  bots: new Map(),
  people: 0,
  behaviour: { ...QUIET },
  botPace: BOT_PACE,
  chatPace: CHAT_PACE,
  counts: {
    received: 0,
    throttled: 0,
    rejected: 0,
    pressed: 0,
    opened: 0,
    ordered: 0,
    paid: 0,
    replied: 0,
    blocked: 0,
    visitsFailed: 0,
  },
  log: [],
  now,
  random,
});

export function addBot(
  world: World,
  { name, username, token }: { name: string; username: string | null; token: string | null },
): SimulatedBot {
  const id = token === null ? FIRST_BOT_ID + world.bots.size : Number(token.split(':')[0]);
  const bot: SimulatedBot = {
    id,
    token: token ?? `${id}:${randomBytes(26).toString('base64url')}`,
    name,
    username: username ?? `simulated_${id}_bot`,
    // A restarted simulator must not repeat the numbers of the one before: they would be taken for repeats.
    updates: new Updates(world.now() * UPDATES_PER_MS),
    ledger: new Ledger(),
    files: new Map(),
    nextAt: 0,
    nextMessageId: 1,
    presses: new Map(),
  };
  world.bots.set(bot.token, bot);
  return bot;
}

export function remember(world: World, received: Received): void {
  world.log.push(received);
  // Cut rarely, so that a fast mailing does not shift a thousand entries for every message.
  if (world.log.length > LOG_LENGTH * 2) world.log.splice(0, world.log.length - LOG_LENGTH);
}

export const asUser = (person: Person): Record<string, unknown> => ({
  id: person.id,
  is_bot: false,
  first_name: person.firstName,
  ...(person.lastName ? { last_name: person.lastName } : {}),
  ...(person.username ? { username: person.username } : {}),
  language_code: person.locale,
});

export const asChat = (person: Person): Record<string, unknown> => ({
  id: person.id,
  first_name: person.firstName,
  ...(person.lastName ? { last_name: person.lastName } : {}),
  ...(person.username ? { username: person.username } : {}),
  type: 'private',
});

export const asBotUser = (bot: SimulatedBot): Record<string, unknown> => ({
  id: bot.id,
  is_bot: true,
  first_name: bot.name,
  username: bot.username,
});
