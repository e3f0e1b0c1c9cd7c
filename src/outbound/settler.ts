// Collects outcomes and writes them in groups: every few tens of milliseconds, or as soon as there are many. Nothing is
// dropped: while the database is away the group waits and is written again, and one that cannot be written holds up no other.
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { type Meter, observe } from '../meter.ts';
import { mayPass } from '../store/away.ts';
import type { Database } from '../store/database.ts';
import { lesserForms, type SettledDelivery } from '../store/settled.ts';
import { takesChanges } from '../store/settings.ts';
import { saveSettled } from '../store/settling.ts';
import { createTrouble } from './trouble.ts';

const EVERY_MS = 25;
const GROUP = 64;
const LARGEST_GROUP = 500;
const RETRY_MS = 500;
/** Groups being written at a time: while the answer about one is on its way the database has the next. */
const WRITERS = 2;

export interface Settler {
  /** `ended` is called once the outcome is in the store, or, with false, once it is plain that it never will be. */
  add(delivery: SettledDelivery, ended: (isWritten: boolean) => void): void;
  /** Resolves when all that was added has ended. */
  flush(): Promise<void>;
  /** Since when what is to be written could not be; null while it can. */
  failingSince(): number | null;
  /** When the latest one was given up, its row left as it was; null: none ever. */
  lostAt(): number | null;
}

interface Waiting {
  delivery: SettledDelivery;
  ended: (isWritten: boolean) => void;
}

interface Fault {
  error: unknown;
  /** For the log: the words of a failed statement hold what it was to write. */
  code: string;
}

export interface SettlerDeps {
  db: Database;
  log: Logger;
  now: () => number;
  meter: Meter;
}

/** Outcomes of a call that has a key are written all together: what of it comes back does so in one go. */
function endOfCall(waiting: readonly Waiting[], most: number): number {
  const key = waiting[most - 1]?.delivery.call?.key;
  if (key === undefined) return most;
  const next = waiting.findIndex(({ delivery }, index) => index >= most && delivery.call?.key !== key);
  return next === -1 ? waiting.length : next;
}

export function createSettler({ db, log, now, meter }: SettlerDeps): Settler {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | null = null;
  const writing = new Set<Promise<void>>();
  /** A writer is about to take what waits. */
  let taking = false;
  let failing: number | null = null;
  let lost: number | null = null;
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
    const group = waiting.slice(0, endOfCall(waiting, LARGEST_GROUP));
    waiting = waiting.slice(group.length);
    taking = false;
    await settle(group);
  }

  /** Halves a group that cannot be written, until whoever stands in the way of the others is alone. */
  async function settle(group: readonly Waiting[]): Promise<void> {
    const fault = await save(group.map(({ delivery }) => delivery));
    if (fault === null) return group.forEach(({ ended }) => ended(true));
    const [first] = group;
    if (group.length === 1 && first) return settleAlone(first, fault);
    const middle = Math.ceil(group.length / 2);
    await settle(group.slice(0, middle));
    await settle(group.slice(middle));
  }

  /** In a lesser form, where it can be written in one; else its row is left to be judged as a dead sender's. */
  async function settleAlone({ delivery, ended }: Waiting, found: Fault): Promise<void> {
    for (let fault: Fault | null = found; fault !== null; fault = await save([delivery])) {
      if (await saveInPart(delivery, fault)) break;
      if (await takesChanges(db)) {
        lost = now();
        log.error({ event: 'outcome.set_aside', ...about(delivery, fault) });
        return ended(false);
      }
      // It is the database after all.
      noteFailure(fault.error, 1);
      await pause(RETRY_MS);
    }
    ended(true);
  }

  async function saveInPart(delivery: SettledDelivery, fault: Fault): Promise<boolean> {
    for (const lesser of lesserForms(delivery)) {
      if ((await save([lesser])) !== null) continue;
      log.error({ event: 'outcome.written_in_part', as: lesser.settled.state, ...about(delivery, fault) });
      return true;
    }
    return false;
  }

  /** Null once it is written, however long the database was away; else what stands against these outcomes. */
  async function save(group: readonly SettledDelivery[]): Promise<Fault | null> {
    for (;;) {
      const start = performance.now();
      try {
        await saveSettled(db, group);
        observe(meter.settleGroup, group.length);
        observe(meter.settle, (performance.now() - start) / 1000);
        failing = null;
        trouble.worked();
        return null;
      } catch (error) {
        meter.storeErrors += 1;
        if (!mayPass(error)) return { error, code: codeOf(error) };
        noteFailure(error, group.length);
      }
      await pause(RETRY_MS);
    }
  }

  function noteFailure(error: unknown, count: number): void {
    failing ??= now();
    trouble.failed(error, { count });
  }

  return {
    failingSince: () => failing,
    lostAt: () => lost,
    add(delivery, ended) {
      waiting.push({ delivery, ended });
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

const codeOf = (error: unknown): string =>
  (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');

const about = ({ id, campaignId, botId }: SettledDelivery, { code }: Fault): Record<string, unknown> => ({
  delivery: id,
  campaign: campaignId,
  bot: botId,
  reason: code,
});
