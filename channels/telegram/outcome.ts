// What a failed send means for the delivery. HTTP codes decide first, then parts of the description, whose wording is
// no contract; an unknown 400 is taken as a refusal of the content. Pure.
import type { Outcome } from '../../src/domain/channel.ts';
import { unheardOutcome } from '../lib/api-root.ts';
import { words } from '../lib/json-api.ts';
import type { CallFailure } from './client.ts';

/** A 429 names its own time; this is for one that does not. */
const DEFAULT_WAIT_SECONDS = 5;

export function outcomeOf(failure: CallFailure, now: number): Outcome {
  switch (failure.kind) {
    case 'no_answer':
    case 'not_an_api':
      return unheardOutcome(failure);
    case 'refused':
      return refusal(failure, now);
    default:
      return failure satisfies never;
  }
}

function refusal(failure: CallFailure & { kind: 'refused' }, now: number): Outcome {
  const { code, description } = failure;
  const detail = words(code, description);
  const has = (part: string): boolean => description.toLowerCase().includes(part);
  if (code === 429) {
    return { status: 'throttled', scope: 'bot', retryAt: now + (failure.retryAfter ?? DEFAULT_WAIT_SECONDS) * 1000 };
  }
  if (code === 401 || code === 404) return { status: 'bot_refused', detail };
  if (code === 403) {
    return has('blocked by the user')
      ? { status: 'refused', reason: 'blocked', detail, connection: 'blocked' }
      : { status: 'refused', reason: 'unreachable', detail, connection: 'unreachable' };
  }
  // The gateway gave up waiting, or the server was stopped with the message in hand: the platform may have gone on. Its
  // other 5xx say that the call failed.
  if (code === 504 || (code === 500 && has('restart'))) return { status: 'unknown', detail };
  if (code >= 500) return { status: 'failed', detail };
  if (failure.migrateTo !== null)
    return { status: 'refused', reason: 'unreachable', detail, address: failure.migrateTo };
  if (UNREACHABLE.some(has)) return { status: 'refused', reason: 'unreachable', detail, connection: 'unreachable' };
  // The platform fetches pictures by address; a slow host may answer the next time.
  if (has('failed to get http url content')) return { status: 'failed', detail };
  return { status: 'refused', reason: 'content_refused', detail };
}

const UNREACHABLE = [
  'chat not found',
  'user not found',
  'peer_id_invalid',
  'chat_id is empty',
  'input_user_deactivated',
];
