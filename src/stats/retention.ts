// Keeps the event log as long as the owner wants it, and sweeps what has expired. One process at a time does it, in small
// steps; where it is stopped, the next pass goes on: nothing has to be remembered.
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import { holdJob, releaseJob } from '../store/job-lease.ts';
import { deleteExpired, deleteOldEvents, deleteOldWebMessages, type Old } from '../store/retention.ts';
import { readWorkspace } from '../store/settings.ts';
import { sweepWaits } from '../store/waits.ts';

export interface RetentionDeps {
  db: Database;
  log: Logger;
  now: () => number;
  /** Names this process. */
  owner: string;
  /** A restored copy deletes nothing until a person confirms it. */
  isConfirmed: () => Promise<boolean>;
}

export interface Swept {
  events: number;
  messages: number;
}

const JOB = 'retention';
const LEASE_MS = 60_000;
/** The lease is renewed this long after it was last. */
const RENEW_MS = 20_000;
const DAY_MS = 24 * 3_600_000;

/** One pass; null where another process is at it, or this may be a copy. */
export async function retain(deps: RetentionDeps, signal?: AbortSignal): Promise<Swept | null> {
  const { db, log, now, owner } = deps;
  let heldAt = -Infinity;
  async function hold(): Promise<boolean> {
    if (performance.now() - heldAt < RENEW_MS) return true;
    heldAt = performance.now();
    return holdJob(db, { name: JOB, owner, ms: LEASE_MS });
  }
  if (!(await deps.isConfirmed()) || !(await hold())) return null;
  const swept: Swept = { events: 0, messages: 0 };
  try {
    await deleteExpired(db, now());
    await sweepWaits(db);
    const { retentionDays } = await readWorkspace(db);
    if (retentionDays === null) return swept;
    const old = (key: keyof Swept): Old => ({
      before: now() - retentionDays * DAY_MS,
      signal,
      async deleted(count) {
        swept[key] += count;
        return hold();
      },
    });
    await deleteOldEvents(db, old('events'));
    await deleteOldWebMessages(db, old('messages'));
    if (swept.events + swept.messages > 0) log.info({ event: 'retention.swept', ...swept, retentionDays });
    return swept;
  } catch (error) {
    if (!signal?.aborted) throw error;
    log.info({ event: 'retention.stopped', ...swept });
    return swept;
  } finally {
    await releaseJob(db, { name: JOB, owner });
  }
}
