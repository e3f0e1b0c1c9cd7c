// What an answer means for a message. The platform's error numbers decide (docs.discord.com/developers/topics/
// opcodes-and-status-codes), the HTTP status where there is none. Pure.
import type { Outcome } from '../../src/domain/channel.ts';
import { type ApiAnswer, headerOf, retryAt, words } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';
import { errorOf } from './client.ts';

/** What was asked: to open a conversation, which sends nothing yet, or to send. */
export type Asked = 'open' | 'send';

/** A 429 names its own time; this is for a page of the network before the platform, which bans addresses for longer. */
const DEFAULT_WAIT_MS = 60_000;

const BLOCKED = new Set([50007]);
/** Unknown user, no server in common, no such recipient. */
const UNREACHABLE = new Set([10013, 50001, 50013, 50033, 50278]);
/** Flagged as spam, unauthorised, verification demanded. */
const BOT_REFUSED = new Set([20026, 40001, 40002]);
const OVERLOADED = 130000;
/** Conversations are opened too fast, one of them or the server is slowed down: told with 429, or with 403 and no time. */
const TOO_FAST = new Set([20016, 20028, 40003]);

export function outcomeOf(answer: ApiAnswer, asked: Asked, now: number): Outcome {
  const { status, body } = answer;
  const { code, message } = errorOf(answer);
  const detail = words(status, code || '', message);
  if (status === 200 || status === 201) return { status: 'accepted', messageId: asText(asRecord(body).id) || null };
  if (status === 429 || TOO_FAST.has(code)) return throttled(answer, asked, now);
  if (status === 401 || BOT_REFUSED.has(code)) return { status: 'bot_refused', detail };
  if (BLOCKED.has(code)) return { status: 'refused', reason: 'blocked', detail, connection: 'blocked' };
  if (UNREACHABLE.has(code)) return { status: 'refused', reason: 'unreachable', detail, connection: 'unreachable' };
  if (code === OVERLOADED) return { status: 'failed', detail };
  // The rest of it is a mistake in what we sent, as long as it is the platform that says so.
  if ((status === 400 || status === 413) && body !== undefined)
    return { status: 'refused', reason: 'content_refused', detail };
  if (status >= 400 && status < 500) return { status: 'failed', detail };
  return { status: asked === 'open' ? 'failed' : 'unknown', detail };
}

/** Limits hold for the whole bot, or for the one conversation a message was meant for. */
function throttled(answer: ApiAnswer, asked: Asked, now: number): Outcome {
  const { retry_after: seconds, global } = asRecord(answer.body);
  const wide =
    asked === 'open' ||
    global === true ||
    headerOf(answer, 'x-ratelimit-scope') === 'global' ||
    typeof seconds !== 'number';
  return {
    status: 'throttled',
    scope: wide ? 'bot' : 'chat',
    retryAt: typeof seconds === 'number' ? now + Math.ceil(seconds * 1000) : retryAt(answer, now, DEFAULT_WAIT_MS),
  };
}
