// How people behave: those who received a message may press, open, buy, reply or block, each by its probability and
// after a pause. And new people subscribe at a chosen pace.
import { block, press, reply, start } from './acts.ts';
import type { Received, SimulatedBot, World } from './world.ts';
import { indexOf, personAt, replyOf, STARTED } from './people.ts';
import { isLocal, visit } from './visitor.ts';

/** Most pages open at once, and most people waiting for their turn; beyond that they lose interest. */
const MAX_VISITS = 24;
const MAX_WAITING = 20_000;
const SHORTEST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 4000;
/** New people wait while so many updates are unread: the simulator's memory is not the platform's. */
const MAX_PENDING = 20_000;
const FILL_TICK_MS = 50;

export interface Crowd {
  react(bot: SimulatedBot, received: Received): void;
  /** More people come into being and start the bot, `pace` a second. */
  fill(bot: SimulatedBot, count: number, pace: number): void;
  /** People who subscribed to this bot in an earlier run: they are there again, and nobody is told. */
  remember(bot: SimulatedBot, count: number): void;
  close(): void;
}

export function createCrowd(world: World): Crowd {
  const timers = new Set<NodeJS.Timeout>();
  const waiting: (() => Promise<void>)[] = [];
  let visits = 0;

  const chance = (probability: number): boolean => probability > 0 && world.random() < probability;
  const any = <T>(items: readonly T[]): T | undefined => items[Math.floor(world.random() * items.length)];

  const later = (act: () => void): void => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        act();
      },
      SHORTEST_PAUSE_MS + world.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS),
    );
    timers.add(timer);
  };

  const runVisits = (): void => {
    while (visits < MAX_VISITS) {
      const next = waiting.shift();
      if (!next) return;
      visits += 1;
      void next()
        .catch(() => {
          world.counts.visitsFailed += 1;
        })
        .finally(() => {
          visits -= 1;
          runVisits();
        });
    }
  };

  const goTo = (url: string, received: Received, buys: boolean): void => {
    if (waiting.length >= MAX_WAITING || !isLocal(url)) return;
    waiting.push(async () => {
      const person = personAt(indexOf(received.personId));
      const buyer = buys
        ? { name: `${person.firstName} ${person.lastName}`.trim(), contact: `person${person.id}@example.com` }
        : null;
      const result = await visit({ url, buyer, pays: chance(world.behaviour.pay) });
      if (result.opened) world.counts.opened += 1;
      else world.counts.visitsFailed += 1;
      if (result.ordered) world.counts.ordered += 1;
      if (result.paid) world.counts.paid += 1;
    });
    runVisits();
  };

  return {
    react(bot, received) {
      const { behaviour } = world;
      const index = indexOf(received.personId);
      const buttons = received.keyboard.flat();
      const data = any(buttons.flatMap((button) => button.callback_data ?? []));
      const addresses = [
        ...buttons.flatMap((button) => button.url ?? []),
        ...received.entities.flatMap((entity) => entity.url ?? []),
      ];
      const link = any(addresses.filter((url) => !isCheckout(url)));
      const checkout = any(addresses.filter(isCheckout));
      if (data !== undefined && chance(behaviour.press)) later(() => press(world, bot, received, data));
      if (link !== undefined && chance(behaviour.open)) later(() => goTo(link, received, false));
      if (checkout !== undefined && chance(behaviour.buy)) later(() => goTo(checkout, received, true));
      if (chance(behaviour.reply))
        later(() => reply(world, bot, index, replyOf(index, Math.floor(world.random() * 1000))));
      if (chance(behaviour.block)) {
        later(() => {
          if (bot.ledger.state(index) === STARTED) block(world, bot, index);
        });
      }
    },
    fill(bot, count, pace) {
      const first = world.people;
      world.people += count;
      let done = 0;
      let owed = 0;
      const timer = setInterval(() => {
        if (bot.updates.pending < MAX_PENDING) owed += (pace * FILL_TICK_MS) / 1000;
        for (; owed >= 1 && done < count; owed -= 1, done += 1) start(world, bot, first + done, null);
        if (done >= count) {
          clearInterval(timer);
          timers.delete(timer);
        }
      }, FILL_TICK_MS);
      timers.add(timer);
    },
    remember(bot, count) {
      for (let index = world.people; index < world.people + count; index += 1) bot.ledger.setState(index, STARTED);
      world.people += count;
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      waiting.length = 0;
    },
  };
}

/** Addresses of the shape that Herald's Buy buttons have. */
const isCheckout = (url: string): boolean => /\/b\/[^/?#]+$/.test(url);
