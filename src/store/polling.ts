// One process at a time fetches a bot's updates: a lease on the bot's row by the database's clock, renewed while the
// process lives and given back when it leaves.
import { clockSql } from './clock.ts';
import { type Database, isMysql } from './database.ts';

/** So long after its last sign of life a process's bots are listened to by another. */
export const POLL_LEASE_MS = 8000;

/** Takes these bots, or keeps them; answers those that are the owner's now. */
export async function leasePolling(
  db: Database,
  owner: string,
  botIds: readonly number[],
): Promise<ReadonlySet<number>> {
  if (botIds.length === 0) return new Set();
  const now = clockSql(db);
  await db('bots')
    .whereIn('id', [...botIds])
    .where((q) => {
      // A SQLite file has one process: whoever held the lease is gone.
      if (isMysql(db)) q.whereNull('poll_owner').orWhere({ poll_owner: owner }).orWhereRaw(`poll_until < ${now}`);
    })
    .update({ poll_owner: owner, poll_until: db.raw(`${now} + ${POLL_LEASE_MS}`) });
  const held = await db('bots')
    .whereIn('id', [...botIds])
    .where({ poll_owner: owner })
    .pluck('id');
  return new Set(held as number[]);
}

/** Another process may listen to these bots at once. */
export async function releasePolling(db: Database, owner: string, botIds: readonly number[]): Promise<void> {
  if (botIds.length > 0)
    await db('bots')
      .whereIn('id', [...botIds])
      .where({ poll_owner: owner })
      .update({ poll_owner: null, poll_until: null });
}
