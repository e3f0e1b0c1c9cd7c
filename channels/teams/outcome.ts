// What an answer of the Bot Connector means for a message. Status first, then the names of errors, which stand in several
// places of the body. Pure.
import type { Outcome } from '../../src/domain/channel.ts';
import { type ApiAnswer, retryAt, words } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';

/** What was asked: to open a conversation, which sends nothing yet, or to send. */
export type Asked = 'open' | 'send';

const DEFAULT_WAIT_MS = 5000;
const BLOCKED = /MessageWritesBlocked|ConversationBlockedByUser/i;
/** A policy of the organisation, which passes: nobody is the worse for it, and it can be sent again. */
const SWITCHED_OFF = /BotDisabledByAdmin/i;
/** Of 400s: the person is the trouble, not the message. */
const NOBODY = /user identity|not installed|BotNotInConversationRoster|ConversationNotFound|MemberNotFound/i;

export function outcomeOf(answer: ApiAnswer, asked: Asked, now: number): Outcome {
  const { status, body } = answer;
  const reason = reasonOf(body);
  const detail = words(status, reason);
  if (status >= 200 && status < 300) return { status: 'accepted', messageId: asText(asRecord(body).id) || null };
  const unreachable: Outcome = { status: 'refused', reason: 'unreachable', detail, connection: 'unreachable' };
  switch (status) {
    case 400:
      if (reason === '') return { status: 'failed', detail };
      return asked === 'open' || NOBODY.test(reason)
        ? unreachable
        : { status: 'refused', reason: 'content_refused', detail };
    case 401:
      return { status: 'bot_refused', detail };
    case 403:
      if (BLOCKED.test(reason)) return { status: 'refused', reason: 'blocked', detail, connection: 'blocked' };
      if (SWITCHED_OFF.test(reason)) return { status: 'refused', reason: 'platform_error', detail };
      return reason === '' ? { status: 'failed', detail } : unreachable;
    case 404:
      return reason === '' ? { status: 'failed', detail } : unreachable;
    case 413:
      return { status: 'refused', reason: 'content_refused', detail };
    case 429:
      return { status: 'throttled', scope: 'bot', retryAt: retryAt(answer, now, DEFAULT_WAIT_MS) };
    case 503:
      return { status: 'failed', detail };
    default:
      return { status: asked === 'open' || status < 500 ? 'failed' : 'unknown', detail };
  }
}

/** `{error: {code, message}}`, or `{errorCode, message}` whose message is JSON once more. */
function reasonOf(body: unknown): string {
  const { error, errorCode, message } = asRecord(body);
  const { code, message: inner } = asRecord(error);
  return [asText(code), asText(inner), typeof errorCode === 'number' ? String(errorCode) : '', asText(message)]
    .filter((part) => part !== '')
    .join(' ');
}
