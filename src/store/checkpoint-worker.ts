// The thread that checkpoints (see `checkpoints.ts`): a little every second, which disturbs no writer, and the whole
// log where it has grown long because writers never paused.
import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import SqliteFile from 'better-sqlite3';

const EVERY_MS = 1000;
/** Beyond this, writers wait for one complete checkpoint. */
const LONG_LOG_BYTES = 256 * 1024 * 1024;

const { filename } = workerData as { filename: string };
const file = new SqliteFile(filename, { timeout: 1000 });
file.pragma('synchronous = NORMAL');

const logBytes = (): number => statSync(`${filename}-wal`, { throwIfNoEntry: false })?.size ?? 0;

const checkpoint = (): void =>
  void file.pragma(`wal_checkpoint(${logBytes() > LONG_LOG_BYTES ? 'TRUNCATE' : 'PASSIVE'})`);

const timer = setInterval(checkpoint, EVERY_MS);
parentPort?.once('message', () => {
  clearInterval(timer);
  checkpoint();
  file.close();
});
