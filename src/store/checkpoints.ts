// Moves SQLite's write-ahead log into the database from a thread of its own. A checkpoint waits for the disk, on a busy
// machine for hundreds of milliseconds (2026-11), and better-sqlite3 would let everything else wait with it: the pace
// of a mailing, pages, webhooks.
import type { Database } from './database.ts';
import { isMysql } from './database.ts';
import { startThread } from './thread.ts';

export interface Checkpoints {
  stop(): Promise<void>;
}

/** For the process that holds the database; null where the database sees to it itself. */
export async function keepCheckpoints(db: Database): Promise<Checkpoints | null> {
  if (isMysql(db)) return null;
  const { filename } = db.client.config.connection as { filename: string };
  await db.raw('pragma wal_autocheckpoint = 0');
  const worker = startThread('checkpoint-worker', { filename });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  // Without the worker the log would grow for ever: then the connection checkpoints by itself again.
  worker.once('error', () => void db.raw('pragma wal_autocheckpoint = 1000').catch(() => undefined));
  worker.unref();
  return {
    async stop() {
      worker.postMessage('stop');
      await ended;
    },
  };
}
