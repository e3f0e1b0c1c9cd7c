// A platform's pace: so many messages a second, short bursts tolerated. What a refusal says is the platform's own affair.
import type { Pace, SimulatedBot, World } from './world.ts';

export const NO_PACE: Pace = { rate: null, burst: 1 };

/**
 * Generic cell rate: `nextAt` is when the next message would be exactly on time. Answers the new `nextAt`, or the
 * milliseconds to wait.
 */
function admit(nextAt: number, now: number, { rate, burst }: Pace): { nextAt: number } | { waitMs: number } {
  if (rate === null) return { nextAt };
  const interval = 1000 / rate;
  const early = nextAt - now;
  const tolerated = (burst - 1) * interval;
  return early > tolerated ? { waitMs: early - tolerated } : { nextAt: Math.max(now, nextAt) + interval };
}

/** Holds one call of a bot to its pace: the milliseconds to wait, 0 when it may go on. */
export function holdBot(world: World, bot: SimulatedBot): number {
  const held = admit(bot.nextAt, world.now(), world.botPace);
  if ('waitMs' in held) {
    world.counts.throttled += 1;
    return held.waitMs;
  }
  bot.nextAt = held.nextAt;
  return 0;
}

/** Holds one message to the pace of the chat alone: the milliseconds to wait, 0 when it may go on. */
export function holdChat(world: World, bot: SimulatedBot, index: number): number {
  const held = admit(bot.ledger.nextAt(index), world.now(), world.chatPace);
  if ('waitMs' in held) {
    world.counts.throttled += 1;
    return held.waitMs;
  }
  bot.ledger.setNextAt(index, held.nextAt);
  return 0;
}

/** Holds one message to the pace of the bot and of the chat: the milliseconds to wait, 0 when it may go on. */
export function holdMessage(world: World, bot: SimulatedBot, index: number): number {
  const now = world.now();
  const chat = admit(bot.ledger.nextAt(index), now, world.chatPace);
  const whole = admit(bot.nextAt, now, world.botPace);
  if ('waitMs' in chat || 'waitMs' in whole) {
    world.counts.throttled += 1;
    return Math.max('waitMs' in chat ? chat.waitMs : 0, 'waitMs' in whole ? whole.waitMs : 0);
  }
  bot.ledger.setNextAt(index, chat.nextAt);
  bot.nextAt = whole.nextAt;
  return 0;
}
