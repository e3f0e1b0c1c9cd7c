// What this sender says about mailings that do not move. Whoever makes one wait notes it at every tick while it holds;
// a note that is not repeated is over. What is to be told of each mailing is written once a second, when it changed.
import { type HeldWait, pickWait, type Wait, type WaitCode, type WaitParams } from '../domain/waiting.ts';
import { saveWaits, sweepWaits, type WaitChange } from '../store/waits.ts';
import type { OutboundDeps } from './context.ts';

export interface Waits {
  /** This mailing waits for that, as of now. */
  note(campaignId: number, code: WaitCode, params?: WaitParams): void;
  /** It does not any more: sooner than by not being noted again. */
  clear(campaignId: number, code: WaitCode): void;
  /** Writes what is to be told: what was noted, and what was found; answers whether anything changed. */
  save(found: () => Promise<ReadonlyMap<number, Wait>>): Promise<boolean>;
  /** What is told of a mailing at present. */
  told(campaignId: number): HeldWait | null;
}

const EVERY_MS = 1_000;
const NOTE_LASTS_MS = 10_000;
const SWEEP_MS = 60_000;

interface Note {
  wait: Wait;
  at: number;
}

export function createWaits({ db, owner, now }: Pick<OutboundDeps, 'db' | 'owner' | 'now'>): Waits {
  const notes = new Map<number, Map<WaitCode, Note>>();
  const written = new Map<number, HeldWait>();
  let savedAt = -Infinity;
  let sweptAt = -Infinity;

  function noted(campaignId: number): Wait[] {
    const own = notes.get(campaignId);
    if (!own) return [];
    for (const [code, { at }] of own) if (at + NOTE_LASTS_MS < now()) own.delete(code);
    if (own.size === 0) notes.delete(campaignId);
    return [...own.values()].map(({ wait }) => wait);
  }

  /** A reason that only changed its words goes on from when it began. */
  function held(campaignId: number, wait: Wait | null): HeldWait | null {
    const before = written.get(campaignId);
    if (wait === null) return null;
    return { ...wait, since: before?.code === wait.code ? before.since : now() };
  }

  function changes(found: ReadonlyMap<number, Wait>): WaitChange[] {
    const ids = new Set([...notes.keys(), ...found.keys(), ...written.keys()]);
    return [...ids].flatMap((campaignId) => {
      const fact = found.get(campaignId);
      const wait = held(campaignId, pickWait([...noted(campaignId), ...(fact ? [fact] : [])]));
      const same = JSON.stringify(wait) === JSON.stringify(written.get(campaignId) ?? null);
      return same ? [] : [{ campaignId, wait }];
    });
  }

  async function sweep(): Promise<void> {
    if (now() - sweptAt < SWEEP_MS) return;
    sweptAt = now();
    await sweepWaits(db);
  }

  return {
    note(campaignId, code, params = {}) {
      const own = notes.get(campaignId) ?? new Map<WaitCode, Note>();
      notes.set(campaignId, own.set(code, { wait: { code, params }, at: now() }));
    },
    clear: (campaignId, code) => void notes.get(campaignId)?.delete(code),
    async save(found) {
      if (now() - savedAt < EVERY_MS) return false;
      savedAt = now();
      await sweep();
      const changed = changes(await found());
      await saveWaits(db, owner, changed, now());
      for (const { campaignId, wait } of changed) {
        if (wait) written.set(campaignId, wait);
        else written.delete(campaignId);
      }
      return changed.length > 0;
    },
    told: (campaignId) => written.get(campaignId) ?? null,
  };
}
