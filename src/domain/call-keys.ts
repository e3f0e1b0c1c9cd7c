// The key of a whole request, where a platform knows a repeat by the request and not by the message. It is made when a
// call is formed, stands at its deliveries as long as nobody knows whether the call arrived, and goes with a sure answer.
// The rule it all rests on: whoever is left out of a repeat is never sent under that key again. So each repeat holds
// nobody who was not in all requests before it, and "accepted already" is true of everyone in it.
import type { Capabilities } from './capabilities.ts';
import type { Outcome } from './channel.ts';

/** What a key says about its call: between which deliveries its members lie, how many they were, and since when it is there. */
export interface CallKey {
  first: number;
  last: number;
  size: number;
  /** UTC milliseconds. */
  bornAt: number;
}

/** No other call has the same: a delivery is in one call at a time. */
export const writeCallKey = (ids: readonly number[], bornAt: number): string =>
  [Math.min(...ids), Math.max(...ids), ids.length, bornAt].map((number) => number.toString(36)).join('-');

export function readCallKey(key: string): CallKey {
  const [first = 0, last = 0, size = 0, bornAt = 0] = key.split('-').map((number) => Number.parseInt(number, 36));
  return { first, last, size, bornAt };
}

/** Clocks differ, and a request takes its time. */
const MARGIN_MS = 600_000;
const HOUR_MS = 3_600_000;

/** May the platform have forgotten this key, so that a repeat would be a second message? */
export const isForgotten = (key: string, { hours }: { hours: number }, now: number): boolean =>
  now >= readCallKey(key).bornAt + hours * HOUR_MS - MARGIN_MS;

/**
 * Does a delivery that comes back keep the key it went under? Not after a sure answer: accepted, it goes on with its next
 * part, and a first request that was turned away has left nothing behind. Of the request before a repeat that says nothing.
 */
export const keepsKey = ({ status }: Outcome, isRepeat: boolean): boolean =>
  status === 'unknown' || (isRepeat && status !== 'accepted');

/** What a repeat does: sends a second message, or is dropped, known by each message's own key or by that of the call. */
export type Repeats = 'double' | 'are_dropped' | 'are_dropped_by_call';

export const repeatsOf = ({ idempotent, batch }: Pick<Capabilities, 'idempotent' | 'batch'>): Repeats =>
  !idempotent ? 'double' : batch.callKey ? 'are_dropped_by_call' : 'are_dropped';
