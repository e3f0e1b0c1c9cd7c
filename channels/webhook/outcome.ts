// What the other system's answer means. Only its status counts: a system that took the message says 2xx, and one that has
// seen the id before says so too. Pure.
import type { Outcome } from '../../src/domain/channel.ts';
import type { HttpResponse } from '../lib/http.ts';
import { headerOf, retryAt } from '../lib/json-api.ts';

/** For a 429 that names no time of its own. */
const WAIT_MS = 5000;

export function outcomeOf(answer: Pick<HttpResponse, 'status' | 'headers'>, id: string, now: number): Outcome {
  const { status } = answer;
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { status: 'accepted', messageId: id };
  switch (status) {
    case 410:
      return { status: 'refused', reason: 'unreachable', detail, connection: 'unreachable' };
    case 400:
    case 413:
    case 415:
    case 422:
      return { status: 'refused', reason: 'content_refused', detail };
    case 401:
    case 403:
      return { status: 'bot_refused', detail };
    case 429:
      return { status: 'throttled', scope: 'bot', retryAt: retryAt(answer, now, WAIT_MS) };
    case 503:
      return headerOf(answer, 'retry-after') === undefined
        ? { status: 'failed', detail }
        : { status: 'throttled', scope: 'bot', retryAt: retryAt(answer, now, WAIT_MS) };
    // The system, or what stands before it, gave up halfway.
    case 408:
      return { status: 'unknown', detail };
    default:
      // A redirect is not followed, and an address that is not there may be there after the next release.
      return { status: status >= 500 ? 'unknown' : 'failed', detail };
  }
}
