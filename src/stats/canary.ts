// The report of a canary start: the first people against the rest, each counted over their deliveries. Counting a large
// mailing takes a while, so what was counted serves until twenty times as long has passed, or the mailing moved on.
import type { CanaryFigures, CanaryState, CanaryVerdict } from '../domain/canary.ts';
import type { Canary } from '../domain/mailing-settings.ts';
import type { Reported, Reporting } from '../domain/stats.ts';
import type { Campaign } from '../store/campaigns.ts';
import { type CanaryParts, canaryParts } from '../store/canary.ts';
import type { Database } from '../store/database.ts';

export interface CanaryPart extends Omit<CanaryFigures, 'delivered' | 'opened'> {
  delivered: Reported;
  opened: Reported;
}

export interface CanaryReport {
  state: CanaryState;
  until: number | null;
  limits: Canary;
  verdict: CanaryVerdict | null;
  first: CanaryPart;
  rest: CanaryPart;
}

/** Counts both parts of a mailing, or answers what it counted lately. */
export type CountCanary = (campaign: Campaign) => Promise<CanaryParts>;

const LONGER = 20;
const MOST_KEPT = 50;

export function createCanaryCounts(db: Database): CountCanary {
  const kept = new Map<string, { parts: Promise<CanaryParts>; until: number }>();
  return (campaign) => {
    const key = [campaign.id, campaign.occurrence, campaign.state, campaign.canary].join(' ');
    const known = kept.get(key);
    const began = performance.now();
    if (known && began < known.until) return known.parts;
    // The one asked for longest ago goes first: a map keeps the order of insertion.
    for (const old of kept.keys()) if (kept.size >= MOST_KEPT) kept.delete(old);
    const count = { parts: canaryParts(db, campaign), until: Infinity };
    kept.delete(key);
    kept.set(key, count);
    count.parts.then(
      () => (count.until = performance.now() + (performance.now() - began) * LONGER),
      () => kept.delete(key),
    );
    return count.parts;
  };
}

/** Null for a mailing without a canary start, also where everybody was among the first. */
export async function canaryReport(
  campaign: Campaign,
  count: CountCanary,
  reporting: Reporting,
): Promise<CanaryReport | null> {
  const { canary: state, canaryUntil: until, canaryVerdict: verdict, settings } = campaign;
  if (state === null || settings.canary === null) return null;
  const { first, rest } = await count(campaign);
  const shown = (figures: CanaryFigures): CanaryPart => ({
    ...figures,
    delivered: reporting.delivered ? figures.delivered : null,
    opened: reporting.opened ? figures.opened : null,
  });
  return { state, until, limits: settings.canary, verdict, first: shown(first), rest: shown(rest) };
}
