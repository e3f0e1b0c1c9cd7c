// One transaction, tried again when the database chose it as the victim of a deadlock: with several senders moving
// the same counters that is ordinary on MySQL, and a rolled-back transaction has changed nothing.
import type { Knex } from 'knex';
import type { Database } from './database.ts';

/** So often a transaction is tried. */
export const TRIES = 5;

/** Did others stand in the way, so that the same may succeed another time? */
export const isDeadlock = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ER_LOCK_DEADLOCK' || error.code === 'ER_LOCK_WAIT_TIMEOUT');

/** Inside another transaction it is a part of that one, and its deadlocks are that one's to handle. */
export async function transact<T>(db: Database, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (db.isTransaction || attempt === TRIES || !isDeadlock(error)) throw error;
    }
  }
}
