// Credentials that end after a while, and are replaced in good time by new ones of the platform. What is remembered of them
// is never the credentials themselves.

/** Credentials in place of those that end. */
export interface Renewed {
  credentials: Record<string, string>;
  endsAt: number;
}

/** How a bot's credentials stand. */
export interface RenewalState {
  /** Since when these are in use. */
  since: number;
  /** When they end; null: the platform has not said yet. */
  endsAt: number | null;
  triedAt: number | null;
  /** Why the last try did not succeed, in words; null: it did. */
  failed: string | null;
}

/** What a channel says of credentials of its kind. */
export interface Lifetime {
  /** The platform gives no new ones for such as are younger. */
  minAgeMs: number;
  /** How long they hold, most often. */
  lifeMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const newRenewal = (now: number): RenewalState => ({ since: now, endsAt: null, triedAt: null, failed: null });

/** Half of their life has passed, or nobody knows how long it is. */
export function isDue({ since, endsAt, triedAt }: RenewalState, { minAgeMs, lifeMs }: Lifetime, now: number): boolean {
  if (now - since < minAgeMs) return false;
  const left = endsAt === null ? lifeMs : endsAt - now;
  if (endsAt !== null && left > (endsAt - since) / 2) return false;
  return triedAt === null || now - triedAt >= Math.min(DAY_MS, Math.max(HOUR_MS, left / 24));
}

/** It fails, and the end is near or not known: a person has to look after it. Before, it is only tried again. */
export const isInDanger = (
  { endsAt, failed }: RenewalState,
  { lifeMs }: Pick<Lifetime, 'lifeMs'>,
  now: number,
): boolean => failed !== null && (endsAt === null || endsAt - now < lifeMs / 3);
