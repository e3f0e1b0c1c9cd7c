// Shares of a careful start's first people: of those tried, as the server judges them.
import type { CanaryReport } from '../../../../src/http/api/engine.ts';

export const CANARY_LIMITS = ['failed', 'blocked', 'unsubscribed'] as const;

type Figures = Pick<CanaryReport['first'], 'sent' | 'failed' | 'blocked' | 'refused' | 'unsubscribed'>;

/** Null before anybody was tried. */
export function canaryShare(figures: Figures, what: (typeof CANARY_LIMITS)[number]): number | null {
  const tried = figures.sent + figures.failed + figures.refused;
  return tried === 0 ? null : figures[what] / tried;
}
