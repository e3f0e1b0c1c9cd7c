// Collects outcomes and writes them in groups: every few tens of milliseconds, or as soon as there are many. Nothing is
// dropped: while the database is away the group waits and is written again.
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { type Meter, observe } from '../meter.ts';
import type { Database } from '../store/database.ts';
import type { SettledDelivery } from '../store/settled.ts';
import { saveSettled } from '../store/settling.ts';
import { createTrouble } from './trouble.ts';

const EVERY_MS = 25;
const GROUP = 64;
const LARGEST_GROUP = 500;
const RETRY_MS = 500;
/** Groups being written at a time: while the answer about one is on its way the database has the next. */
const WRITERS = 2;

export interface Settler {
  /** `written` is called once the outcome is in the store. */
  add(delivery: SettledDelivery, written: () => void): void;
  /** Resolves when all that was added is written. */
  flush(): Promise<void>;
  /** Since when what is to be written could not be; null while it can. */
  failingSince(): number | null;
}

export interface SettlerDeps {
  db: Database;
  log: Logger;
  now: () => number;
  meter: Meter;
}

export function createSettler({ db, log, now, meter }: SettlerDeps): Settler {
  let waiting: { delivery: SettledDelivery; written: () => void }[] = [];
  let timer: NodeJS.Timeout | null = null;
  const writing = new Set<Promise<void>>();
  /** A writer is about to take what waits. */
  let taking = false;
  let failing: number | null = null;
  const trouble = createTrouble(log, 'outcomes.not_written');

  function start(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (taking || writing.size === WRITERS || waiting.length === 0) return;
    taking = true;
    // Not at once: the outcomes of one call come in one go, and are written together.
    const writer = Promise.resolve()
      .then(write)
      .finally(() => {
        writing.delete(writer);
        startSoon();
      });
    writing.add(writer);
  }

  function startSoon(): void {
    if (waiting.length >= GROUP) start();
    else if (waiting.length > 0) timer ??= setTimeout(start, EVERY_MS);
  }

  async function write(): Promise<void> {
    const group = waiting.slice(0, LARGEST_GROUP);
    waiting = waiting.slice(LARGEST_GROUP);
    taking = false;
    while (!(await save(group))) await pause(RETRY_MS);
    for (const { written } of group) written();
  }

  async function save(group: readonly { delivery: SettledDelivery }[]): Promise<boolean> {
    const start = performance.now();
    try {
      await saveSettled(
        db,
        group.map(({ delivery }) => delivery),
      );
      observe(meter.settleGroup, group.length);
      observe(meter.settle, (performance.now() - start) / 1000);
      failing = null;
      trouble.worked();
      return true;
    } catch (error) {
      failing ??= now();
      meter.storeErrors += 1;
      trouble.failed(error, { count: group.length });
      return false;
    }
  }

  return {
    failingSince: () => failing,
    add(delivery, written) {
      waiting.push({ delivery, written });
      startSoon();
    },
    async flush() {
      while (waiting.length > 0 || writing.size > 0) {
        start();
        await Promise.race(writing);
      }
    },
  };
}
