// Waits for the disk beside SQLite's thread and not in it: a commit that must be there after a power failure is answered
// when the log was flushed after it, and meanwhile the thread goes on. One flush serves all commits before it.
import { close, fdatasync, fsync, open } from 'node:fs';
import { dirname } from 'node:path';

/** Calls back once everything committed so far is on the disk. */
export type Flush = (done: (error: Error | null) => void) => void;

type Done = Parameters<Flush>[0];

/** `log`: SQLite's write-ahead log; null for a database in memory. */
export function createFlush(log: string | null): Flush {
  let waiting: Done[] = [];
  let flushing = false;
  let handle: number | null = null;

  function start(): void {
    if (flushing || waiting.length === 0) return;
    flushing = true;
    // Whoever comes from here on committed too late for this one.
    const served = waiting;
    waiting = [];
    flushNow((error) => {
      flushing = false;
      for (const done of served) done(error);
      start();
    });
  }

  function flushNow(done: Done): void {
    if (log === null) return done(null);
    if (handle !== null) return fdatasync(handle, done);
    open(log, 'r+', (failed, opened) => {
      if (failed) return done(failed);
      handle = opened;
      // The log may be as new as this process: then its name must be on the disk, too.
      flushFolder(dirname(log), (error) => (error ? done(error) : fdatasync(opened, done)));
    });
  }

  return (done) => {
    waiting.push(done);
    start();
  };
}

/** Windows has no such thing, and needs none. */
function flushFolder(folder: string, done: Done): void {
  if (process.platform === 'win32') return done(null);
  open(folder, 'r', (failed, opened) => {
    if (failed) return done(failed);
    fsync(opened, (error) => close(opened, () => done(error)));
  });
}
