// All that a simulated platform knows: its bots, how many people there are, what was counted, how people behave, and
// what was received last. The same for every messenger; a bot may carry more.
import type { Ledger } from './ledger.ts';

/** Probabilities, 0 to 1, that a person who received a message does this; `delay` is the platform's, in ms. */
export interface Behaviour {
  press: number;
  open: number;
  buy: number;
  pay: number;
  reply: number;
  block: number;
  /** Ends the subscription by the messenger's habit: a word, an event, a link. */
  unsubscribe: number;
  /** Comes back some time after having blocked or unsubscribed. */
  comeBack: number;
  /** Shares a phone number where a button asks for it. */
  share: number;
  /** The message reaches the phone, and the platform says so where it does such a thing. */
  deliver: number;
  /** The message is looked at, and the platform says so where it does such a thing. */
  read: number;
  /** A receipt comes late: after others that were later. */
  late: number;
  /** An update comes twice. */
  repeat: number;
  delay: number;
}

const QUIET: Behaviour = {
  press: 0,
  open: 0,
  buy: 0,
  pay: 0,
  reply: 0,
  block: 0,
  unsubscribe: 0,
  comeBack: 0,
  share: 0,
  deliver: 1,
  read: 0,
  late: 0,
  repeat: 0,
  delay: 0,
};

export interface ReceivedButton {
  label: string;
  /** Where it leads. */
  url?: string;
  /** What pressing it sends. */
  data?: string;
  /** Pressing it shares the person's phone number. */
  contact?: boolean;
}

/** What a message shows, in the one shape of all messengers. */
export interface Content {
  /** The platform's own word for the call that carried it. */
  method: string;
  text: string;
  /** Address or file id of the picture. */
  picture: string | null;
  /** By rows, as they are seen. */
  buttons: ReceivedButton[][];
  /** Addresses within the text. */
  links: string[];
  /** What else the platform was told, in its own words: entities, headers, a subject. */
  details: Readonly<Record<string, unknown>>;
}

/** A message as a person received it. */
export interface Received extends Content {
  channel: string;
  botId: string;
  /** The person's number, the same on every messenger. */
  person: number;
  /** The person's address on this one. */
  address: string;
  messageId: string;
  /** UTC milliseconds. */
  at: number;
}

export interface SimulatedBot {
  id: string;
  name: string;
  username: string | null;
  /** What the form that connects a bot asks for. */
  credentials: Readonly<Record<string, string>>;
  /** Where its API is, when that is not the simulator's own address. */
  apiRoot?: string;
  ledger: Ledger;
  /** Updates on their way out. */
  updates: { readonly pending: number; info(): unknown; close(): void };
  /** When the next call would be on time: the memory of the limit per bot. */
  nextAt: number;
}

export interface Pace {
  /** Calls a second; null: no limit. */
  rate: number | null;
  /** Calls that may come at once before the rate counts. */
  burst: number;
}

const NO_COUNTS = {
  received: 0,
  throttled: 0,
  rejected: 0,
  delivered: 0,
  read: 0,
  pressed: 0,
  opened: 0,
  ordered: 0,
  paid: 0,
  replied: 0,
  shared: 0,
  blocked: 0,
  unsubscribed: 0,
  cameBack: 0,
  visitsFailed: 0,
};

export interface World<Bot extends SimulatedBot = SimulatedBot> {
  channel: string;
  /** By id. */
  bots: Map<string, Bot>;
  /** People exist from index 0 up to here. */
  people: number;
  behaviour: Behaviour;
  botPace: Pace;
  chatPace: Pace;
  counts: Record<keyof typeof NO_COUNTS, number>;
  /** The last messages received, oldest first. */
  log: Received[];
  now: () => number;
  random: () => number;
}

export interface WorldOptions {
  channel: string;
  botPace: Pace;
  chatPace: Pace;
  now: () => number;
  random: () => number;
}

export const createWorld = <Bot extends SimulatedBot>(options: WorldOptions): World<Bot> => ({
  ...options,
  bots: new Map(),
  people: 0,
  behaviour: { ...QUIET },
  counts: { ...NO_COUNTS },
  log: [],
});

const LOG_LENGTH = 1000;

export function remember(world: World, received: Received): void {
  world.log.push(received);
  // Cut rarely, so that a fast mailing does not shift a thousand entries for every message.
  if (world.log.length > LOG_LENGTH * 2) world.log.splice(0, world.log.length - LOG_LENGTH);
}
