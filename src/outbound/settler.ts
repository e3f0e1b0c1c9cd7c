// Collects outcomes and writes them in groups: every few tens of milliseconds, or as soon as there are many. Nothing is
// dropped: while the database is away the group waits and is written again.
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { type Meter, observe } from '../meter.ts';
import type { Database } from '../store/database.ts';
import { saveSettled, type SettledDelivery } from '../store/settling.ts';
import { createTrouble } from './trouble.ts';

const EVERY_MS = 25;
const GROUP = 64;
const LARGEST_GROUP = 500;
const RETRY_MS = 500;

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
  let writing: Promise<void> | null = null;
  let failing: number | null = null;
  const trouble = createTrouble(log, 'outcomes.not_written');

  function start(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    // Not at once: the outcomes of one call come in one go, and are written together.
    writing ??= Promise.resolve()
      .then(write)
      .finally(() => {
        writing = null;
        if (waiting.length >= GROUP) start();
        else if (waiting.length > 0) timer ??= setTimeout(start, EVERY_MS);
      });
  }

  async function write(): Promise<void> {
    const group = waiting.slice(0, LARGEST_GROUP);
    waiting = waiting.slice(LARGEST_GROUP);
    for (;;) {
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
        break;
      } catch (error) {
        failing ??= now();
        meter.storeErrors += 1;
        trouble.failed(error, { count: group.length });
        await pause(RETRY_MS);
      }
    }
    for (const { written } of group) written();
  }

  return {
    failingSince: () => failing,
    add(delivery, written) {
      waiting.push({ delivery, written });
      if (waiting.length >= GROUP) start();
      else timer ??= setTimeout(start, EVERY_MS);
    },
    async flush() {
      while (waiting.length > 0 || writing) {
        start();
        await writing;
      }
    },
  };
}
