// The id by which a database knows its installation, and what it remembers of who sent from it last.
import type { Database } from './database.ts';
import { readSetting, settle, writeSetting } from './settings.ts';

const KEY = 'instance';

export interface StoredInstance {
  id: string;
  /** When and on which machine the id was given. */
  since: number;
  host: string;
}

export const readInstance = (db: Database): Promise<StoredInstance | null> => readSetting<StoredInstance>(db, KEY);

/** Gives an id to a database that has none; answers the one that holds, of whichever process was first. */
export const settleInstance = (db: Database, instance: StoredInstance): Promise<StoredInstance> =>
  settle(db, KEY, instance);

export const writeInstance = (db: Database, instance: StoredInstance): Promise<void> => writeSetting(db, KEY, instance);

/** Mailings that would be sent at this moment: begun, or due. */
export async function countUnderWay(db: Database, now: number): Promise<number> {
  const row = (await db('campaigns')
    .whereNull('deleted_at')
    .where(
      (q) =>
        void q
          .where('state', 'sending')
          .orWhere((due) => void due.where('state', 'scheduled').where('due_at', '<=', now)),
    )
    .count('* as count')
    .first()) as { count: number | string };
  return Number(row.count);
}

/** When a message last went out over any bot. */
export async function lastSentAt(db: Database): Promise<number | null> {
  const row = (await db('bots').max('last_outbound_at as at').first()) as { at: number | null };
  return row.at;
}
