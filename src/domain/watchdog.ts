// What is stuck? Work that has not moved for long and has no reason to wait. Judged from when each last moved; time comes
// in as an argument.

const STUCK_KINDS = ['lane', 'planning', 'tick', 'outcomes', 'unwritten'] as const;
export type StuckKind = (typeof STUCK_KINDS)[number];

export interface Watched {
  kind: StuckKind;
  /** Tells it from others of its kind. */
  key: string;
  /** When it last moved, or last had a reason not to, UTC ms. */
  movedAt: number;
  /** It was given up: there is nothing to wait and see. */
  isLost?: boolean;
}

/** Moving so slowly is not moving: the slowest limit lets one message go every few seconds. */
export const STUCK_MS = 120_000;

export const findStuck = <W extends Watched>(
  watched: readonly W[],
  { now, stuckAfter }: { now: number; stuckAfter: number },
): W[] => watched.filter(({ movedAt, isLost = false }) => isLost || now - movedAt > stuckAfter);

/**
 * Where the watchdog itself is this late, the whole process stood still (a sleeping laptop, a paused container), and
 * nothing in it is to be blamed for that time.
 */
export const wasAsleep = ({ now, lookedAt, every }: { now: number; lookedAt: number; every: number }): boolean =>
  now - lookedAt > 3 * every;
