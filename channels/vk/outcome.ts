// What the API's error codes mean: of a whole request, or of one message in it. Pure.
import type { Outcome, RefusalReason } from '../../src/domain/channel.ts';
import type { ConnectionStatus } from '../../src/domain/subscriber.ts';
import { unheardOutcome } from '../lib/api-root.ts';
import { words } from '../lib/json-api.ts';
import type { Answer, CallError } from './client.ts';

/** Codes that ask for patience, and for how long: the platform names no time. */
const WAITS: Readonly<Record<number, { scope: 'bot' | 'chat'; ms: number }>> = {
  // 20 requests a second.
  6: { scope: 'bot', ms: 1000 },
  // A thousand messages an hour to one person.
  9: { scope: 'chat', ms: 10 * 60_000 },
  // The day's quota of a method.
  29: { scope: 'bot', ms: 3_600_000 },
};

/**
 * Token, rights, version; and what only a person can settle (captcha, validation, confirmation). Nothing more can go out
 * over this bot.
 */
const BOT_CODES: ReadonlySet<number> = new Set([2, 3, 4, 5, 7, 8, 14, 15, 17, 20, 23, 24, 27, 28, 34, 203]);

interface Meaning {
  reason: RefusalReason;
  connection?: ConnectionStatus;
}

const BLOCKED: Meaning = { reason: 'blocked', connection: 'blocked' };
const GONE: Meaning = { reason: 'unreachable', connection: 'unreachable' };
const CONTENT: Meaning = { reason: 'content_refused' };

const MEANINGS: Readonly<Record<number, Meaning>> = {
  900: BLOCKED,
  901: BLOCKED,
  902: BLOCKED,
  // Deleted, banned, no such id, no such contact.
  18: GONE,
  37: GONE,
  113: GONE,
  936: GONE,
  // Chats: no access, not an administrator, left, switched off, not supported, closed to communities.
  917: GONE,
  922: GONE,
  925: GONE,
  932: GONE,
  945: GONE,
  946: GONE,
  950: { reason: 'window_closed' },
  // The kind of mailing is not allowed, or its quota is used up.
  943: { reason: 'platform_error' },
  944: { reason: 'platform_error' },
  100: CONTENT,
  910: CONTENT,
  911: CONTENT,
  // Keyboards are switched off in the community's settings.
  912: CONTENT,
  913: CONTENT,
  914: CONTENT,
  921: CONTENT,
  940: CONTENT,
  969: CONTENT,
};

/** What became of one message the platform names an error for. */
export function errorOutcome({ code, message }: CallError, now: number): Outcome {
  const detail = words(code, message);
  const wait = WAITS[code];
  if (wait) return { status: 'throttled', scope: wait.scope, retryAt: now + wait.ms };
  if (BOT_CODES.has(code)) return { status: 'bot_refused', detail };
  const meaning = MEANINGS[code];
  return meaning ? { status: 'refused', ...meaning, detail } : { status: 'failed', detail };
}

/** What becomes of everyone in a request that was not carried out. */
export function requestOutcome(answer: Exclude<Answer, { kind: 'done' }>, receivers: number, now: number): Outcome {
  switch (answer.kind) {
    case 'refused': {
      const outcome = errorOutcome(answer, now);
      // Of a request with several messages, an error that speaks of a person or a message says nothing about the others.
      const ofOne = outcome.status === 'refused' || (outcome.status === 'throttled' && outcome.scope === 'chat');
      return receivers > 1 && ofOne ? { status: 'failed', detail: words(answer.code, answer.message) } : outcome;
    }
    case 'no_answer':
    case 'not_an_api':
      return unheardOutcome(answer);
    default:
      return answer satisfies never;
  }
}
