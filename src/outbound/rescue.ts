// Looks after the work of senders that died, and says what became of it.
import { repeatsOf } from '../domain/call-keys.ts';
import type { Meter } from '../meter.ts';
import { isMysql } from '../store/database.ts';
import { recover } from '../store/recovery.ts';
import type { LiveBots } from './bots.ts';
import type { OutboundDeps } from './context.ts';
import type { Leases, Presence } from './presence.ts';
import { createTrouble } from './trouble.ts';

export interface RescueParts {
  deps: OutboundDeps;
  bots: LiveBots;
  presence: Presence;
  meter: Meter;
  /** What this process itself works on. */
  held: () => Leases;
}

/** Answers the step of a tick that takes dead senders' work back. */
export function createRescue({
  deps: { db, log, now },
  bots,
  presence,
  meter,
  held,
}: RescueParts): () => Promise<void> {
  let recovered = false;
  const trouble = createTrouble(log, 'deliveries.not_recovered');
  return async () => {
    if (!presence.canJudge()) return;
    const result = await recover(db, {
      // At the start of the only process on SQLite every lease is a dead one's.
      of: recovered || isMysql(db) ? 'lapsed' : 'everyone',
      held: held(),
      now: now(),
      botIds: bots.all().map((bot) => bot.id),
      repeats(id) {
        const bot = bots.get(id);
        return bot ? repeatsOf(bot.channel.capabilities) : 'double';
      },
      failed: trouble.failed,
    });
    recovered = true;
    meter.recovered += result.planned;
    meter.unconfirmed += result.unconfirmed;
    if (result.planned + result.unconfirmed > 0) log.warn({ event: 'deliveries.recovered', ...result });
  };
}
