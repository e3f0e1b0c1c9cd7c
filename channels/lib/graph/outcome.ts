// What a failed call means for a delivery. Codes decide, as the platform advises, and never its wording. A channel names
// its own codes first; those of the whole Graph API are here. Pure.
import type { Outcome, RefusalReason } from '../../../src/domain/channel.ts';
import type { ConnectionStatus } from '../../../src/domain/subscriber.ts';
import { unheardOutcome } from '../api-root.ts';
import { words } from '../json-api.ts';
import type { GraphFailure, GraphRefusal } from './client.ts';

/** What a refusal says about the message, its receiver or us. */
export type Meaning =
  /** The person blocked the account, or cannot be written to until they write again. */
  | 'blocked'
  /** The person wants no more mailings. */
  | 'opted_out'
  /** There is nobody behind the address. */
  | 'gone'
  /** Not to this person, for a reason that is not theirs. */
  | 'not_to_them'
  | 'window_closed'
  | 'content'
  /** The platform holds back what people get too much of. */
  | 'withheld'
  /** The token, its rights or the account are refused. */
  | 'bot'
  /** A budget of minutes or hours is used up. */
  | 'pause'
  /** More in a second than is taken. */
  | 'slow_down'
  | 'pause_chat'
  /** Not sent, worth another try. */
  | 'again'
  /** Answered with an error although it may have gone out. */
  | 'unknown';

export type ReadCode = (refusal: Pick<GraphRefusal, 'code' | 'subcode'>) => Meaning | null;

/** The platform names a time only sometimes; its limits count in minutes. */
const PAUSE_MS = 60_000;
const SLOW_DOWN_MS = 5000;
/** The limit for one person is a message in six seconds, paid back after a burst. */
const CHAT_PAUSE_MS = 12_000;

export function outcomeOf(failure: GraphFailure, read: ReadCode, now: number): Outcome {
  switch (failure.kind) {
    case 'no_answer':
    case 'not_an_api':
      return unheardOutcome(failure);
    case 'refused':
      return refusal(failure, read, now);
    default:
      return failure satisfies never;
  }
}

function refusal(failure: GraphRefusal, read: ReadCode, now: number): Outcome {
  const detail = detailOf(failure);
  const meaning = meaningOf(failure, read);
  switch (meaning) {
    case 'pause':
      return { status: 'throttled', scope: 'bot', retryAt: now + (failure.waitMs ?? PAUSE_MS) };
    case 'slow_down':
      return { status: 'throttled', scope: 'bot', retryAt: now + (failure.waitMs ?? SLOW_DOWN_MS) };
    case 'pause_chat':
      return { status: 'throttled', scope: 'chat', retryAt: now + CHAT_PAUSE_MS };
    case 'bot':
      return { status: 'bot_refused', detail };
    case 'again':
      return { status: 'failed', detail };
    case 'unknown':
      return { status: 'unknown', detail };
    default:
      return { status: 'refused', detail, ...REFUSALS[meaning] };
  }
}

export const detailOf = ({ code, subcode, message }: Pick<GraphRefusal, 'code' | 'subcode' | 'message'>): string =>
  words(`${code}${subcode === null ? '' : `/${subcode}`}`, message);

type Final = Exclude<Meaning, 'pause' | 'slow_down' | 'pause_chat' | 'bot' | 'again' | 'unknown'>;

interface Refused {
  reason: RefusalReason;
  connection?: ConnectionStatus;
}

const REFUSALS: Readonly<Record<Final, Refused>> = {
  blocked: { reason: 'blocked', connection: 'blocked' },
  opted_out: { reason: 'blocked', connection: 'unsubscribed' },
  gone: { reason: 'unreachable', connection: 'unreachable' },
  not_to_them: { reason: 'unreachable' },
  window_closed: { reason: 'window_closed' },
  content: { reason: 'content_refused' },
  withheld: { reason: 'rate_limited_too_long' },
};

/** What becomes of a message that was accepted and then could not be delivered. */
export function undeliveredOf(meaning: Meaning): Refused {
  return isFinal(meaning) ? REFUSALS[meaning] : { reason: 'platform_error' };
}

const isFinal = (meaning: Meaning): meaning is Final => meaning in REFUSALS;

export function meaningOf(
  refused: Pick<GraphRefusal, 'code' | 'subcode'> & { status?: number },
  read: ReadCode,
): Meaning {
  const own = read(refused) ?? commonMeaning(refused.code);
  if (own) return own;
  // In a status that comes later an unknown code says no more than that something went wrong.
  if (refused.status === undefined) return 'again';
  // A gateway that gave up waiting cannot tell what the platform did; its other errors say that the call failed.
  if (refused.status === 504) return 'unknown';
  if (refused.status === 429) return 'pause';
  return refused.status >= 500 ? 'again' : 'content';
}

/** developers.facebook.com/docs/graph-api/guides/error-handling, and the limits of pages, accounts and apps. */
function commonMeaning(code: number): Meaning | null {
  if (BOT.has(code) || (code >= 200 && code <= 299)) return 'bot';
  if (PAUSES.has(code)) return 'pause';
  if (code === 613) return 'slow_down';
  if (code === 1 || code === 2 || code === 1200) return 'again';
  return code === 100 ? 'content' : null;
}

const BOT: ReadonlySet<number> = new Set([0, 3, 10, 102, 190, 368]);
const PAUSES: ReadonlySet<number> = new Set([4, 17, 32, 80001, 80002, 80006, 80007]);
