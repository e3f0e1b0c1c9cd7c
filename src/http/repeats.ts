// Bounds how often one thing is written down: whoever opens one link over and over is still led on, and counted only so
// many times a minute, so that a script cannot fill the event log. Kept in memory, each process for itself.

export interface Repeats {
  /** False when this key has been let through often enough within the last minute. */
  allow(key: string): boolean;
}

const MINUTE_MS = 60_000;
/** Some 10 MB at most; beyond it all counts begin anew. */
const MOST_KEYS = 100_000;

export function createRepeats({ most, now }: { most: number; now: () => number }): Repeats {
  const seen = new Map<string, number>();
  let since = now();
  return {
    allow(key) {
      if (now() - since >= MINUTE_MS || seen.size >= MOST_KEYS) {
        seen.clear();
        since = now();
      }
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      return times <= most;
    },
  };
}
