// Long reads in short steps: a range of ids is walked in slices that take a few milliseconds each, other work gets its
// turn between them, and the walk ends when the asker has gone.
import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from './database.ts';
import { isMysql } from './database.ts';

/** SQLite answers on our own thread, so its slices are short; a server's slices only have to be worth the way. */
const SQLITE_TARGET_MS = 7;
const SERVER_TARGET_MS = 100;
const FIRST_SLICE = 2000;
const SMALLEST_SLICE = 100;
const LARGEST_SLICE = 200_000;

export interface Walk {
  /** Ids with from < id ≤ to. */
  from: number;
  to: number;
  signal?: AbortSignal | undefined;
}

/** One slice: from < id ≤ to. Answering `stop` ends the walk. */
type Step = (from: number, to: number) => Promise<'stop' | void>;

export const walkUp = (db: Database, walk: Walk, step: Step): Promise<void> =>
  inSlices(db, walk, (done, size) => {
    const from = walk.from + done;
    return step(from, Math.min(walk.to, from + size));
  });

/** From the highest id downwards: the newest first. */
export const walkDown = (db: Database, walk: Walk, step: Step): Promise<void> =>
  inSlices(db, walk, (done, size) => {
    const to = walk.to - done;
    return step(Math.max(walk.from, to - size), to);
  });

async function inSlices(
  db: Database,
  { from, to, signal }: Walk,
  run: (done: number, size: number) => Promise<'stop' | void>,
): Promise<void> {
  const target = isMysql(db) ? SERVER_TARGET_MS : SQLITE_TARGET_MS;
  let size = FIRST_SLICE;
  let done = 0;
  while (done < to - from) {
    signal?.throwIfAborted();
    const started = performance.now();
    if ((await run(done, size)) === 'stop') return;
    done += size;
    size = nextSize(size, performance.now() - started, target);
    await turn();
  }
}

/** Grows at most fourfold a step, so that one lucky slice does not make the next one long. */
function nextSize(size: number, tookMs: number, targetMs: number): number {
  const factor = Math.min(4, targetMs / Math.max(tookMs, 0.1));
  return Math.round(Math.min(LARGEST_SLICE, Math.max(SMALLEST_SLICE, size * factor)));
}
