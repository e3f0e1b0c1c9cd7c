// What an answer of the sending endpoints means for the messages in the request. Status first, then parts of the wording,
// which is no contract. Pure.
import type { Outcome } from '../../src/domain/channel.ts';
import { type ApiAnswer, headerOf, retryAt, words } from '../lib/json-api.ts';
import { asList, asRecord, asText } from '../lib/json.ts';
import { reasonOf } from './client.ts';

/** A 429 names no time. */
const RATE_WAIT_MS = 5000;

/** `many`: the request had several receivers, of whom none may pay for another. */
export function outcomeOf(answer: ApiAnswer, many: boolean, now: number): Outcome {
  const { status, body } = answer;
  const reason = reasonOf(answer);
  const detail = words(status, reason);
  if (status === 200) return accepted(body);
  switch (status) {
    case 400:
      if (many && isNobody(reason)) return { status: 'failed', detail };
      return isNobody(reason)
        ? { status: 'refused', reason: 'unreachable', detail, connection: 'unreachable' }
        : { status: 'refused', reason: 'content_refused', detail };
    case 401:
    case 403:
      return { status: 'bot_refused', detail };
    case 409:
      // Accepted before, under the same key: then it names the request that was.
      return headerOf(answer, 'x-line-accepted-request-id') === undefined
        ? { status: 'unknown', detail }
        : accepted(body);
    case 413:
      return { status: 'refused', reason: 'content_refused', detail };
    case 429:
      // The month's messages are used up: until somebody buys more, nothing goes out over this account.
      return /monthly limit/i.test(reason)
        ? { status: 'bot_refused', detail }
        : { status: 'throttled', scope: 'bot', retryAt: retryAt(answer, now, RATE_WAIT_MS) };
    default:
      // The documentation: after a 5xx the message may have been delivered all the same.
      return { status: status >= 400 && status < 500 ? 'failed' : 'unknown', detail };
  }
}

/** A push tells the ids of its messages, a multicast tells none. */
function accepted(body: unknown): Outcome {
  const first = asRecord(asList(asRecord(body).sentMessages)[0]);
  return { status: 'accepted', messageId: asText(first.id) || null };
}

/** The receiver is the trouble, not the message. */
const isNobody = (reason: string): boolean => /failed to send messages|['"]to['"]/i.test(reason);
