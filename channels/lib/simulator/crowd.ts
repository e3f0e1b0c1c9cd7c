// How people behave: those who received a message may press, open, buy, reply, block or unsubscribe, each by its
// probability and after a pause; and new people subscribe at a chosen pace. Receipts come late or early, as they do.
import type { Acts } from './acts.ts';
import { STARTED } from './ledger.ts';
import type { Messenger } from './messenger.ts';
import { personAt, replyOf } from './people.ts';
import { isLocal, visit } from './visitor.ts';
import { type Content, type Received, remember, type SimulatedBot, type World } from './world.ts';

/** Most pages open at once, and most people waiting for their turn; beyond that they lose interest. */
const MAX_VISITS = 24;
const MAX_WAITING = 20_000;
/** New people wait while so many updates are unread: the simulator's memory is not the platform's. */
const MAX_PENDING = 20_000;
const FILL_TICK_MS = 50;

type Pause = readonly [shortestMs: number, longestMs: number];
const HUMAN: Pause = [150, 4000];
const ON_THE_WAY: Pause = [20, 400];
const LATE: Pause = [4500, 9000];

export interface Crowd<Bot extends SimulatedBot> {
  /** A message reaches a person, who may then act. */
  receive(bot: Bot, index: number, messageId: string, content: Content): Received;
  /** People from number `first` on start the bot, `pace` a second. */
  fill(bot: Bot, first: number, count: number, pace: number): void;
  /** People who subscribed to this bot in an earlier run: they are there again, and nobody is told. */
  remember(bot: Bot, first: number, count: number): void;
  close(): void;
}

export function createCrowd<Bot extends SimulatedBot>(
  world: World<Bot>,
  messenger: Messenger<Bot>,
  acts: Acts<Bot>,
): Crowd<Bot> {
  const timers = new Set<NodeJS.Timeout>();
  const waiting: (() => Promise<void>)[] = [];
  let visits = 0;

  const chance = (probability: number): boolean => probability > 0 && world.random() < probability;
  const any = <T>(items: readonly T[]): T | undefined => items[Math.floor(world.random() * items.length)];

  const later = ([shortest, longest]: Pause, act: () => void): void => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        act();
      },
      shortest + world.random() * (longest - shortest),
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

  const goTo = (bot: Bot, url: string, received: Received, buys: boolean): void => {
    if (waiting.length >= MAX_WAITING || !isLocal(url)) return;
    messenger.tell.visited?.(bot, received, url);
    waiting.push(async () => {
      const person = personAt(received.person);
      const buyer = buys ? { name: `${person.firstName} ${person.lastName}`.trim(), contact: person.email } : null;
      const result = await visit({ url, buyer, pays: chance(world.behaviour.pay) });
      if (result.opened) world.counts.opened += 1;
      else world.counts.visitsFailed += 1;
      if (result.ordered) world.counts.ordered += 1;
      if (result.paid) world.counts.paid += 1;
    });
    runVisits();
  };

  const confirm = (bot: Bot, received: Received): void => {
    const { behaviour } = world;
    if (!messenger.tell.delivered && !messenger.tell.opened) return;
    if (!chance(behaviour.deliver)) return;
    if (messenger.tell.delivered)
      later(chance(behaviour.late) ? LATE : ON_THE_WAY, () => acts.delivered(bot, received));
    if (messenger.tell.opened && chance(behaviour.read))
      later(chance(behaviour.late) ? LATE : HUMAN, () => acts.opened(bot, received));
  };

  const react = (bot: Bot, received: Received): void => {
    const { behaviour } = world;
    const index = received.person;
    const buttons = received.buttons.flat();
    const addresses = [...buttons.flatMap((button) => button.url ?? []), ...received.links];
    const button = any(buttons.filter(({ data }) => data !== undefined));
    const link = any(addresses.filter((url) => !isCheckout(url)));
    const checkout = any(addresses.filter(isCheckout));
    // Whoever has left in the meantime does nothing in this chat any more.
    const unlessGone = (act: () => void): void =>
      later(HUMAN, () => {
        if (bot.ledger.state(index) === STARTED) act();
      });
    const leave = (act: (bot: Bot, index: number) => void): void =>
      unlessGone(() => {
        act(bot, index);
        if (chance(behaviour.comeBack)) later(HUMAN, () => acts.start(bot, index, null));
      });

    if (button && chance(behaviour.press)) unlessGone(() => acts.press(bot, received, button));
    if (link !== undefined && chance(behaviour.open)) later(HUMAN, () => goTo(bot, link, received, false));
    if (checkout !== undefined && chance(behaviour.buy)) later(HUMAN, () => goTo(bot, checkout, received, true));
    if (buttons.some(({ contact }) => contact) && chance(behaviour.share)) unlessGone(() => acts.share(bot, received));
    if (chance(behaviour.reply))
      unlessGone(() => acts.reply(bot, index, replyOf(index, Math.floor(world.random() * 1000))));
    if (chance(behaviour.block)) leave(acts.block);
    if (chance(behaviour.unsubscribe)) leave(acts.stop);
  };

  const grow = (end: number): void => {
    world.people = Math.max(world.people, end);
  };

  return {
    receive(bot, index, messageId, content) {
      const received: Received = {
        ...content,
        channel: world.channel,
        botId: bot.id,
        person: index,
        address: messenger.addressOf(index),
        messageId,
        at: world.now(),
      };
      world.counts.received += 1;
      bot.ledger.countReceived(index);
      remember(world, received);
      confirm(bot, received);
      react(bot, received);
      return received;
    },
    fill(bot, first, count, pace) {
      grow(first + count);
      let done = 0;
      let owed = 0;
      const timer = setInterval(() => {
        if (bot.updates.pending < MAX_PENDING) owed += (pace * FILL_TICK_MS) / 1000;
        for (; owed >= 1 && done < count; owed -= 1, done += 1) acts.start(bot, first + done, null);
        if (done >= count) {
          clearInterval(timer);
          timers.delete(timer);
        }
      }, FILL_TICK_MS);
      timers.add(timer);
    },
    remember(bot, first, count) {
      for (let index = first; index < first + count; index += 1) bot.ledger.setState(index, STARTED);
      grow(first + count);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      waiting.length = 0;
    },
  };
}

/** Addresses of the shape that Herald's Buy buttons have. */
const isCheckout = (url: string): boolean => /\/b\/[^/?#]+$/.test(url);
