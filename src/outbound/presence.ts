// Keeps this process known among the senders while it lives. It has a timer of its own: a look at the database that
// takes long must not make the process look dead.
import { hostname } from 'node:os';
import { BEAT_MS, beat, forget } from '../store/senders.ts';
import type { OutboundDeps } from './context.ts';

export interface Presence {
  /** Nobody waits for this process any more. */
  end(): Promise<void>;
}

export function startPresence({ db, log, owner }: Pick<OutboundDeps, 'db' | 'log' | 'owner'>): Presence {
  let beating: Promise<void> = Promise.resolve();
  let busy = false;

  function keep(): void {
    // While the database is away one attempt waits, not one per beat.
    if (busy) return;
    busy = true;
    beating = beat(db, { id: owner, host: hostname() })
      .catch((error: unknown) => log.warn({ event: 'sender.not_seen', reason: String(error) }))
      .finally(() => {
        busy = false;
      });
  }

  const timer = setInterval(keep, BEAT_MS);
  keep();

  return {
    async end() {
      clearInterval(timer);
      await beating;
      await forget(db, owner).catch((error: unknown) =>
        log.warn({ event: 'sender.not_forgotten', reason: String(error) }),
      );
    },
  };
}
