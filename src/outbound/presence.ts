// Keeps this process known among the senders, and its leases its own, while it lives. It has a timer of its own: a look
// at the database that takes long must not make the process look dead.
import { hostname } from 'node:os';
import { ALIVE_MS, BEAT_MS, beat, expire, forget } from '../store/senders.ts';
import { renewLeases } from '../store/slices.ts';
import { LEASE_MS, type OutboundDeps } from './context.ts';
import { createTrouble } from './trouble.ts';

export interface Leases {
  slices: number[];
  singles: number[];
}

export interface Presence {
  /** When the last sign of life that arrived was given, by the clock of `performance`; `-Infinity` before the first. */
  seenAt(): number;
  /**
   * May others' silence be taken for death? Not soon after we were cut off from the database ourselves: they may have
   * been as well, and need a moment to be heard again.
   */
  canJudge(): boolean;
  /** Nobody waits for this process any more. What it leaves unfinished is taken back by another at once. */
  end(finished: boolean): Promise<void>;
}

export function startPresence(
  { db, log, owner, instance }: Pick<OutboundDeps, 'db' | 'log' | 'owner' | 'instance'>,
  held: () => Leases,
): Presence {
  let beating: Promise<void> = Promise.resolve();
  let busy = false;
  let seen = performance.now();
  let steadySince = -Infinity;
  let begunAt = -Infinity;

  async function live(): Promise<void> {
    const begun = performance.now();
    // A restored copy sends nothing, and is not to be counted among those that do.
    if ((await instance?.isConfirmed()) ?? true) {
      await beat(db, { id: owner, host: hostname() });
      begunAt = begun;
    }
    await renewLeases(db, { owner, ...held(), for: LEASE_MS });
    const at = performance.now();
    if (at - seen > 2 * BEAT_MS) steadySince = at;
    seen = at;
  }

  function keep(): void {
    // While the database is away one attempt waits, not one per beat.
    if (busy) return;
    busy = true;
    beating = live()
      .then(trouble.worked, trouble.failed)
      .finally(() => {
        busy = false;
      });
  }

  const trouble = createTrouble(log, 'sender.not_seen');
  const timer = setInterval(keep, BEAT_MS);
  keep();

  return {
    seenAt: () => begunAt,
    canJudge() {
      const at = performance.now();
      return at - seen <= 2 * BEAT_MS && at - steadySince >= ALIVE_MS;
    },
    async end(finished) {
      clearInterval(timer);
      await beating;
      await (finished ? forget : expire)(db, owner).catch((error: unknown) =>
        log.warn({ event: 'sender.not_forgotten', reason: String(error) }),
      );
    },
  };
}
