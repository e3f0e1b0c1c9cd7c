// A canary start: the first few people of a mailing, and what their answers say about the rest. Decided here, purely:
// when the rest may follow, and when the mailing is stopped for a person to look at.
import type { Canary } from './mailing-settings.ts';

export const CANARY_STATES = ['running', 'watching', 'passed', 'failed', 'overruled'] as const;
/** `running`: the first are being sent to; `watching`: their answers are waited for; `overruled`: a person sent on. */
export type CanaryState = (typeof CANARY_STATES)[number];

export const CANARY_THRESHOLDS = ['failed', 'blocked', 'unsubscribed'] as const;
export type CanaryThreshold = (typeof CANARY_THRESHOLDS)[number];

/** What became of some of a mailing's people, counted over their deliveries. */
export interface CanaryFigures {
  people: number;
  sent: number;
  /** Refused, or given up, for another reason than a block. */
  failed: number;
  /** Refused because of a block, or blocked the bot after getting the message. */
  blocked: number;
  /** Of the blocked, those refused. */
  refused: number;
  /** Not written to after all: unsubscribed meanwhile, cancelled … */
  skipped: number;
  unconfirmed: number;
  remaining: number;
  unsubscribed: number;
  delivered: number;
  opened: number;
  clicked: number;
}

export const NO_FIGURES: CanaryFigures = {
  people: 0,
  sent: 0,
  failed: 0,
  blocked: 0,
  refused: 0,
  skipped: 0,
  unconfirmed: 0,
  remaining: 0,
  unsubscribed: 0,
  delivered: 0,
  opened: 0,
  clicked: 0,
};

/** The threshold that was passed: so many of so many tried, which is more than the limit. */
export interface CanaryVerdict {
  threshold: CanaryThreshold;
  count: number;
  tried: number;
  /** Percent, to one decimal. */
  share: number;
  /** Percent. */
  limit: number;
}

/** Which threshold the first people passed, or null where all is well. Shares are of those whose outcome is known. */
export function judgeCanary(figures: CanaryFigures, limits: Canary): CanaryVerdict | null {
  const known = figures.sent + figures.failed + figures.refused;
  // Not one answer came back, and some went out: that is no good start.
  if (known === 0) return judge({ ...figures, failed: figures.unconfirmed }, figures.unconfirmed, limits);
  return judge(figures, known, limits);
}

/** The threshold that stays passed even if all who remain are reached and content: why wait for them? */
const judgeAtBest = (figures: CanaryFigures, limits: Canary): CanaryVerdict | null =>
  judge(figures, figures.people - figures.skipped, limits);

function judge(figures: CanaryFigures, tried: number, limits: Canary): CanaryVerdict | null {
  if (tried === 0) return null;
  const threshold = CANARY_THRESHOLDS.find((name) => figures[name] * 100 > limits[name] * tried);
  if (!threshold) return null;
  const count = figures[threshold];
  return { threshold, count, tried, share: Math.round((1000 * count) / tried) / 10, limit: limits[threshold] };
}

export interface CanaryFacts {
  state: CanaryState;
  /** For `watching`: until when. */
  until: number | null;
  /** Everybody of the first whose hour has come has been sent to, or will not be. */
  firstDone: boolean;
  /** Is there, or may there still be, anybody besides the first? */
  hasRest: boolean;
  figures: CanaryFigures;
  limits: Canary;
  now: number;
}

export type CanaryStep =
  | { kind: 'wait' }
  /** Everybody is among the first: a plain mailing. */
  | { kind: 'plain' }
  | { kind: 'watch'; until: number }
  | { kind: 'pass' }
  | { kind: 'fail'; verdict: CanaryVerdict };

const MINUTE_MS = 60_000;

/** What follows for a mailing that has a canary start and is being sent. */
export function stepCanary(facts: CanaryFacts): CanaryStep {
  const { state, until, figures, limits, now } = facts;
  if (state !== 'running' && state !== 'watching') return { kind: 'wait' };
  if (!facts.hasRest) return { kind: 'plain' };
  const certain = judgeAtBest(figures, limits);
  if (certain) return { kind: 'fail', verdict: certain };
  if (state === 'running') {
    if (!facts.firstDone) return { kind: 'wait' };
    if (limits.minutes > 0) return { kind: 'watch', until: now + limits.minutes * MINUTE_MS };
  } else if (now < (until ?? 0)) return { kind: 'wait' };
  const verdict = judgeCanary(figures, limits);
  return verdict ? { kind: 'fail', verdict } : { kind: 'pass' };
}

/** Milliseconds for which a mailing that is being sent still holds its rest back, if all is well. */
export function canaryWait({
  state,
  until,
  limits,
  people,
  now,
}: Pick<CanaryFacts, 'until' | 'now'> & { state: CanaryState | null; limits: Canary | null; people: number }): number {
  if (state === 'watching') return Math.max(0, (until ?? 0) - now);
  return state === 'running' ? canaryPause(limits, people) * 1000 : 0;
}

/** Before it is sent: seconds that a mailing to so many takes longer. */
export const canaryPause = (canary: Canary | null, people: number): number =>
  canary !== null && people > canary.people ? canary.minutes * 60 : 0;
