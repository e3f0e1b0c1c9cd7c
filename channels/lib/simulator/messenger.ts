// What one messenger adds to the simulator core: who people are there, what a bot of its own is, and how it tells a bot
// what people do. Each `tell` puts an update on its way to the bot; nothing here changes the ledger or the counts.
import type { Received, ReceivedButton, SimulatedBot } from './world.ts';

export interface BotWish {
  name: string;
  username: string | null;
  /** What the bot had in an earlier run; those left out are made up. */
  credentials: Readonly<Record<string, string>>;
  /** Where letters to the bot are taken; null where the server takes none. */
  mailPort: number | null;
}

/** A wish of the control API that cannot be met; the text names the field. */
export class BadWish extends Error {}

export interface Messenger<Bot extends SimulatedBot> {
  /** A person's address on this messenger. */
  addressOf(index: number): string;
  /** Whose address that is, perhaps nobody's; null for what is no address here. */
  indexOf(address: string): number | null;
  /** Throws a BadWish. */
  createBot(wish: BotWish): Bot;
  /** From now on it is as if this person had said nothing for so long; left out where the platform has no window. */
  silence?(bot: Bot, index: number, ms: number): void;
  tell: Tell<Bot>;
}

export interface Tell<Bot extends SimulatedBot> {
  /** A person subscribes: for the first time or again, over a link with `ref` or without one. */
  started(bot: Bot, index: number, ref: string | null): void;
  /** Unsubscribes by the messenger's habit. */
  stopped(bot: Bot, index: number): void;
  replied(bot: Bot, index: number, text: string): void;
  /** Nothing happens where the platform keeps it to itself. */
  blocked(bot: Bot, index: number): void;
  unblocked(bot: Bot, index: number): void;
  pressed(bot: Bot, received: Received, button: ReceivedButton): void;
  /** Left out where the app keeps it to itself that an address was opened. */
  visited?(bot: Bot, received: Received, url: string): void;
  /** Left out where no button can ask for a phone number. */
  shared?(bot: Bot, received: Received): void;
  /** Left out where the platform has no such receipt. */
  delivered?(bot: Bot, received: Received): void;
  opened?(bot: Bot, received: Received): void;
}
