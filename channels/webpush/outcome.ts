// What a push service's answer means. Each service limits alone and answers for one browser alone, so nothing it says stops the
// whole bot. Pure.
import type { Outcome } from '../../src/domain/channel.ts';
import type { HttpResponse } from '../lib/http.ts';
import { retryAt } from '../lib/json-api.ts';

/** Services that ask for a pause without naming its end. */
const WAIT_MS = 60_000;

export function outcomeOf(answer: Pick<HttpResponse, 'status' | 'headers'>, message: string, now: number): Outcome {
  const { status } = answer;
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { status: 'accepted', messageId: message };
  switch (status) {
    case 404:
    case 410:
      return { status: 'refused', reason: 'unreachable', detail, connection: 'unreachable' };
    // Subscribed with other keys than ours, or our clock is wrong. The address came from a browser: one that lies must not
    // stop the bot; and a wrong clock must not cost us everybody's address.
    case 401:
    case 403:
      return { status: 'refused', reason: 'platform_error', detail };
    case 400:
    case 413:
      return { status: 'refused', reason: 'content_refused', detail };
    // 406 is how Windows' service slows down.
    case 406:
    case 429:
      return { status: 'throttled', scope: 'chat', retryAt: retryAt(answer, now, WAIT_MS) };
    case 503:
      return { status: 'failed', detail };
    default:
      return status >= 500 ? { status: 'unknown', detail } : { status: 'refused', reason: 'platform_error', detail };
  }
}
