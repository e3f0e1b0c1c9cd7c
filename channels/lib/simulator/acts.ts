// What one person does to one bot: start, stop, reply, press, share, block. Each act changes the ledger and the counts, and
// is told by the messenger.
import { BLOCKED, STARTED, STOPPED } from './ledger.ts';
import type { Messenger } from './messenger.ts';
import type { Received, ReceivedButton, SimulatedBot, World } from './world.ts';

export interface Acts<Bot extends SimulatedBot> {
  start(bot: Bot, index: number, ref: string | null): void;
  stop(bot: Bot, index: number): void;
  reply(bot: Bot, index: number, text: string): void;
  block(bot: Bot, index: number): void;
  unblock(bot: Bot, index: number): void;
  /** Several presses are several facts. */
  press(bot: Bot, received: Received, button: ReceivedButton): void;
  share(bot: Bot, received: Received): void;
  delivered(bot: Bot, received: Received): void;
  opened(bot: Bot, received: Received): void;
}

export function createActs<Bot extends SimulatedBot>(world: World<Bot>, { tell }: Messenger<Bot>): Acts<Bot> {
  const { counts } = world;
  const unblock = (bot: Bot, index: number): void => {
    bot.ledger.setState(index, STARTED);
    tell.unblocked(bot, index);
  };
  return {
    start(bot, index, ref) {
      const before = bot.ledger.state(index);
      if (before === BLOCKED) unblock(bot, index);
      if (before === BLOCKED || before === STOPPED) counts.cameBack += 1;
      bot.ledger.setState(index, STARTED);
      tell.started(bot, index, ref);
    },
    stop(bot, index) {
      counts.unsubscribed += 1;
      bot.ledger.setState(index, STOPPED);
      tell.stopped(bot, index);
    },
    reply(bot, index, text) {
      counts.replied += 1;
      tell.replied(bot, index, text);
    },
    block(bot, index) {
      counts.blocked += 1;
      bot.ledger.setState(index, BLOCKED);
      tell.blocked(bot, index);
    },
    unblock,
    press(bot, received, button) {
      counts.pressed += 1;
      tell.pressed(bot, received, button);
    },
    share(bot, received) {
      counts.shared += 1;
      tell.shared?.(bot, received);
    },
    delivered(bot, received) {
      counts.delivered += 1;
      tell.delivered?.(bot, received);
    },
    opened(bot, received) {
      counts.read += 1;
      tell.opened?.(bot, received);
    },
  };
}
