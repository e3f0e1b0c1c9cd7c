// Asks who people are on platforms whose updates name nobody. Only after what they did is stored and answered, once for each
// person, a few at a time: a name is worth having and worth no delay, so whatever goes wrong here leaves a person nameless.
import type { Channel, ChannelBot, Inbound } from '../domain/channel.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import { fillProfile, findNameless } from '../store/subscribers.ts';

export interface IntroductionDeps {
  db: Database;
  log: Logger;
}

interface Met {
  channel: Channel;
  channelBot: ChannelBot;
}

export interface Introductions {
  /** Returns at once. */
  meet(bot: Met, facts: readonly Inbound[]): void;
}

const AT_ONCE = 4;
/** Who comes when so many wait is asked for another time: with their next word. */
const MOST_WAITING = 5000;
const MOST_REMEMBERED = 100_000;

/** What people do themselves; what a platform reports about them introduces nobody. */
const ACTS: ReadonlySet<Inbound['kind']> = new Set(['subscribed', 'replied', 'pressed', 'unblocked']);

export function createIntroductions({ db, log }: IntroductionDeps): Introductions {
  /** Who was asked about in this process, with or without success. */
  const asked = new Set<string>();
  const waiting: (() => Promise<void>)[] = [];
  let busy = 0;

  const ask = async ({ channel, channelBot }: Met, address: string): Promise<void> => {
    const person = await findNameless(db, channelBot.id, address);
    const profile = person === null ? null : await channel.profile?.(address, channelBot);
    if (person !== null && profile) await fillProfile(db, person, profile);
  };

  const work = async (): Promise<void> => {
    busy += 1;
    for (let next = waiting.shift(); next; next = waiting.shift()) await next();
    busy -= 1;
  };

  return {
    meet(bot, facts) {
      const { channel, channelBot } = bot;
      if (!channel.profile) return;
      for (const { kind, address, profile } of facts) {
        const key = `${channelBot.id} ${address}`;
        if (!ACTS.has(kind) || profile?.firstName !== undefined || asked.has(key)) continue;
        if (waiting.length >= MOST_WAITING) return;
        if (asked.size >= MOST_REMEMBERED) asked.clear();
        asked.add(key);
        waiting.push(() =>
          ask(bot, address).catch((error: unknown) => {
            const reason = error instanceof Error ? error.name : 'unknown';
            log.info({ event: 'person.not_introduced', bot: channelBot.publicId, reason });
          }),
        );
        if (busy < AT_ONCE) void work();
      }
    },
  };
}
