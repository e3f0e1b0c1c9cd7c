// Comparing secrets without telling, by the time it takes, how much of one was right.
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** False for anything missing or empty, on either side. */
export const sameSecret = (given: string | undefined, expected: string): boolean =>
  Boolean(given) && expected !== '' && timingSafeEqual(digest(given ?? ''), digest(expected));
