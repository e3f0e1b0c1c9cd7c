// What the API's status codes mean: for the one person written to, and for a broadcast as a whole. Pure.
import type { Outcome, RefusalReason } from '../../src/domain/channel.ts';
import type { ConnectionStatus } from '../../src/domain/subscriber.ts';
import { unheardOutcome } from '../lib/api-root.ts';
import { words } from '../lib/json-api.ts';
import type { Answer } from './client.ts';

/** The limit on requests is counted over 10 seconds. */
const BOT_WAIT_MS = 10_000;
/** 100 messages an hour to someone who does not answer: it is looked again after a while, as the hour slides. */
const PERSON_WAIT_MS = 15 * 60_000;

const OK = 0;
const TOO_MANY_REQUESTS = 12;
/** The account has not been allowed to broadcast: each receiver must be written to alone. */
const NO_BROADCAST: ReadonlySet<number> = new Set([19, 20]);
/** Token, account, webhook, authorisation, balance: nothing more can go out over this bot. */
const BOT_CODES: ReadonlySet<number> = new Set([2, 7, 8, 9, 10, 15, 23, 24]);
/** The request itself: data, fields, version of the fields. */
const CONTENT_CODES: ReadonlySet<number> = new Set([3, 4, 14]);

interface Meaning {
  reason: RefusalReason;
  connection?: ConnectionStatus;
}

/** What a code says about one receiver. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  5: { reason: 'unreachable', connection: 'unreachable' },
  6: { reason: 'blocked', connection: 'blocked' },
  11: { reason: 'unreachable', connection: 'unreachable' },
  // An older app of this receiver's cannot show it.
  13: { reason: 'content_refused' },
  16: { reason: 'platform_error' },
  17: { reason: 'platform_error' },
  18: { reason: 'platform_error' },
  // Not in this receiver's country.
  21: { reason: 'unreachable' },
  22: { reason: 'content_refused' },
};

export type Accepted = Answer & { kind: 'answered'; status: typeof OK };

export const isAccepted = (answer: Answer): answer is Accepted => answer.kind === 'answered' && answer.status === OK;

export const mayNotBroadcast = (answer: Answer): boolean =>
  answer.kind === 'answered' && NO_BROADCAST.has(answer.status);

/** What became of the one receiver a status speaks of. */
export function receiverOutcome(status: number, message: string, now: number): Outcome {
  const detail = words(status, message);
  if (status === TOO_MANY_REQUESTS) return { status: 'throttled', scope: 'chat', retryAt: now + PERSON_WAIT_MS };
  if (BOT_CODES.has(status)) return { status: 'bot_refused', detail };
  if (CONTENT_CODES.has(status)) return { status: 'refused', reason: 'content_refused', detail };
  const meaning = MEANINGS[status];
  return meaning ? { status: 'refused', ...meaning, detail } : { status: 'failed', detail };
}

/** What becomes of everyone in a broadcast that was not taken. */
export function broadcastOutcome(answer: Answer, now: number): Outcome {
  if (answer.kind !== 'answered') return unheardOutcome(answer);
  const { status, message } = answer;
  const detail = words(status, message);
  if (status === TOO_MANY_REQUESTS) return { status: 'throttled', scope: 'bot', retryAt: now + BOT_WAIT_MS };
  if (BOT_CODES.has(status)) return { status: 'bot_refused', detail };
  if (CONTENT_CODES.has(status)) return { status: 'refused', reason: 'content_refused', detail };
  // A code about one receiver says nothing about the others.
  return { status: 'failed', detail };
}
