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

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Failures before this are tried again and worry nobody. */
const WARN_BEFORE_MS = 20 * DAY_MS;

export const newRenewal = (now: number): RenewalState => ({ since: now, endsAt: null, triedAt: null, failed: null });

/** Half of their life has passed, or nobody knows how long it is; once a day, and every hour towards the end. */
export function isDue({ since, endsAt, triedAt }: RenewalState, minAgeMs: number, now: number): boolean {
  if (now - since < minAgeMs) return false;
  const left = (endsAt ?? now) - now;
  if (endsAt !== null && left > (endsAt - since) / 2) return false;
  const pause = endsAt !== null && left < 3 * DAY_MS ? HOUR_MS : DAY_MS;
  return triedAt === null || now - triedAt >= pause;
}

/** It fails, and the end is near or not known: a person has to look after it. */
export const isInDanger = ({ endsAt, failed }: RenewalState, now: number): boolean =>
  failed !== null && (endsAt === null || endsAt - now < WARN_BEFORE_MS);
