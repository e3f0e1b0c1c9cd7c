// A lane's source that tells when something last moved, and can be taken from its lane: what the lane does afterwards
// touches no lease, since by then the leases are another's.
import type { Source } from './source.ts';

export interface GuardedSource extends Source {
  movedAt(): number;
  /** Something happened that the source itself does not see. */
  moved(): void;
  /** Leases are renewed no more and run out; nothing is finished or given back any more. */
  abandon(): void;
}

export function guardSource(source: Source, now: () => number): GuardedSource {
  let movedAt = now();
  let isAbandoned = false;
  const moved = (): void => void (movedAt = now());
  return {
    movedAt: () => movedAt,
    moved,
    abandon: () => void (isAbandoned = true),
    async more() {
      if (isAbandoned) return [];
      const tasks = await source.more();
      // What comes after the lane was left is leased under our name and by nobody's hand: it runs out with the rest.
      if (isAbandoned) return [];
      if (tasks.length > 0) moved();
      return tasks;
    },
    holds: (task) => !isAbandoned && source.holds(task),
    finished(task) {
      moved();
      if (!isAbandoned) source.finished(task);
    },
    missed(task) {
      moved();
      if (!isAbandoned) source.missed(task);
    },
    postpone(task, until) {
      moved();
      if (!isAbandoned) source.postpone(task, until);
    },
    release: async () => (isAbandoned ? undefined : source.release()),
    held: () => (isAbandoned ? { slices: [], singles: [] } : source.held()),
  };
}
