// Takes in the updates of one poll together: one transaction for all of them. When that fails each is taken by itself,
// so that one update that cannot be stored holds up no other, nor the bot for ever: it is written to the log and left.
import type { Inbound } from '../domain/channel.ts';
import { type Bot, recordBotHealth } from '../store/bots.ts';
import { isAway } from '../store/away.ts';
import { isDeadlock } from '../store/transact.ts';
import { receive, type ReceiveDeps } from './receive.ts';

/** Reads the facts out of one update; may throw what a broken update makes it throw. */
export type ReadFacts = () => Inbound[];

/** Most updates in one transaction: some 50 ms of work on SQLite, which has one writer. */
const MOST = 200;

/**
 * Resolves when all are stored or given up; rejects when the store is away, and then all may be told again.
 * Kept for as long as a bot is listened to.
 */
export function openGroup(
  deps: ReceiveDeps,
  { id, lastInboundAt }: Pick<Bot, 'id' | 'lastInboundAt'>,
): (updates: readonly ReadFacts[]) => Promise<void> {
  let heardAt = lastInboundAt;
  const store = async (updates: readonly ReadFacts[]): Promise<void> => {
    const now = deps.now();
    await receive(
      deps,
      { id, lastInboundAt: heardAt },
      updates.flatMap((read) => read()),
    );
    if (now - (heardAt ?? 0) >= 1000) heardAt = now;
  };
  const storeAlone = async (update: ReadFacts): Promise<void> => {
    try {
      await store([update]);
    } catch (error) {
      if (isDeadlock(error) || isAway(error)) throw error;
      await giveUp(deps, id, error);
    }
  };
  return async (updates) => {
    for (let from = 0; from < updates.length; from += MOST) {
      const group = updates.slice(from, from + MOST);
      try {
        await store(group);
      } catch (error) {
        deps.log.warn({ event: 'updates.taken_apart', botId: id, count: group.length, err: error });
        for (const update of group) await storeAlone(update);
      }
    }
  };
}

/**
 * Takes in what one webhook brings: together, and where that fails each fact by itself. Rejects when one could not be stored,
 * and then all may be told again: a platform brings it for hours, and the others are in by then.
 */
export async function receiveEach(
  deps: ReceiveDeps,
  bot: Pick<Bot, 'id' | 'lastInboundAt'>,
  facts: readonly Inbound[],
): Promise<void> {
  try {
    await receive(deps, bot, facts);
    return;
  } catch (error) {
    if (facts.length < 2 || isAway(error)) throw error;
    deps.log.warn({ event: 'updates.taken_apart', botId: bot.id, count: facts.length, err: error });
  }
  const faults: unknown[] = [];
  for (const fact of facts) await receive(deps, bot, [fact]).catch((error: unknown) => faults.push(error));
  if (faults.length > 0) throw faults[0];
}

/** That the store takes this note shows that it is the update which is at fault; when it is away nobody comes here. */
async function giveUp(deps: ReceiveDeps, botId: number, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.name : 'unknown';
  await recordBotHealth(deps.db, botId, {
    lastErrorAt: deps.now(),
    lastError: `An update could not be stored and was left out (${reason}); the log tells more.`,
  });
  deps.log.error({ event: 'update.dropped', botId, err: error });
}
