// Says once that something fails, now and then that it still does, and once that it works again: while the database is
// away for a minute the log must stay readable.
import type { Logger } from '../log.ts';

const REMIND_MS = 30_000;

export interface Trouble {
  failed(error: unknown, more?: Record<string, unknown>): void;
  worked(): void;
}

export function createTrouble(log: Logger, event: string): Trouble {
  let times = 0;
  let told = -Infinity;
  return {
    failed(error, more = {}) {
      times += 1;
      if (performance.now() - told < REMIND_MS) return;
      told = performance.now();
      log.error({ event, times, reason: String(error), ...more });
    },
    worked() {
      if (times === 0) return;
      log.info({ event: `${event}.over`, times });
      times = 0;
      told = -Infinity;
    },
  };
}
