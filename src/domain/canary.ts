// A canary start: the first few people of a mailing, and what their answers say about the rest.
import type { Canary } from './mailing-settings.ts';

export const CANARY_STATES = ['running', 'watching', 'passed', 'failed', 'overruled'] as const;
/** `running`: the first are being sent to; `watching`: their answers are waited for; `overruled`: a person sent on. */
export type CanaryState = (typeof CANARY_STATES)[number];

export interface CanaryFigures {
  sent: number;
  /** Refused for another reason than a block. */
  failed: number;
  blocked: number;
  unsubscribed: number;
}

/** Which threshold the first people passed, or null where all is well. Rates are of those tried. */
export function judgeCanary(figures: CanaryFigures, limits: Canary): 'failed' | 'blocked' | 'unsubscribed' | null {
  const tried = figures.sent + figures.failed + figures.blocked;
  if (tried === 0) return null;
  const percent = (count: number): number => (100 * count) / tried;
  if (percent(figures.failed) > limits.failed) return 'failed';
  if (percent(figures.blocked) > limits.blocked) return 'blocked';
  if (percent(figures.unsubscribed) > limits.unsubscribed) return 'unsubscribed';
  return null;
}
