// Lets one process migrate while others that start at the same moment wait. The system or the database server lets go
// of the lock however its process ends: knex's own lock, a mark in a table, would stay and stop every later start.
import { setTimeout as pause } from 'node:timers/promises';
import SqliteFile from 'better-sqlite3';
import { Problem } from '../domain/problem.ts';
import { type Database, isMysql } from './database.ts';

/** A migration of a large database may take long; who waits says so after this, and ends. */
const PATIENCE_MS = 10 * 60_000;
const LOOK_MS = 200;

interface Held {
  release(): Promise<void>;
}

export const holdMigrationLock = (db: Database): Promise<Held> => (isMysql(db) ? holdOnServer(db) : holdBesideFile(db));

/** The server's named lock belongs to a connection, which is kept for as long. */
async function holdOnServer(db: Database): Promise<Held> {
  const connection: unknown = await db.client.acquireConnection();
  const ask = async (sql: string): Promise<unknown> => {
    const [[row]] = (await db.raw(sql).connection(connection)) as [[{ answer: unknown }], unknown];
    return row.answer;
  };
  const giveBack = (): Promise<void> => db.client.releaseConnection(connection) as Promise<void>;
  try {
    // The name holds for the whole server: ours carries the database's, within the 64 characters that MySQL allows.
    const name = `left(concat('herald migrates ', database()), 64)`;
    const got = await ask(`select get_lock(${name}, ${PATIENCE_MS / 1000}) as answer`);
    if (Number(got) !== 1) throw new Problem('migration_busy');
    return {
      async release() {
        await ask(`select release_lock(${name}) as answer`);
        await giveBack();
      },
    };
  } catch (error) {
    await giveBack();
    throw error;
  }
}

/** An open exclusive transaction on a file beside the database. */
async function holdBesideFile(db: Database): Promise<Held> {
  const { filename } = db.client.config.connection as { filename: string };
  if (filename === ':memory:') return { release: async () => undefined };
  const file = new SqliteFile(`${filename}.migrating`, { timeout: 0 });
  for (let waited = 0; ; waited += LOOK_MS) {
    try {
      file.exec('begin exclusive');
      return { release: async () => void file.close() };
    } catch (error) {
      const busy = (error as { code?: string }).code === 'SQLITE_BUSY';
      if (busy && waited < PATIENCE_MS) {
        await pause(LOOK_MS);
        continue;
      }
      file.close();
      throw busy ? new Problem('migration_busy') : error;
    }
  }
}
