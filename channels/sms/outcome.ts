// What the API's error codes mean, for a send that was refused at once and for a message that failed later. Codes decide,
// never words; an unknown 400 is taken as a refusal of the content. Pure.
import type { Outcome, RefusalReason } from '../../src/domain/channel.ts';
import type { ConnectionStatus } from '../../src/domain/subscriber.ts';
import { unheardOutcome } from '../lib/api-root.ts';
import { words } from '../lib/json-api.ts';
import type { SenderKind } from './capabilities.ts';
import type { Answer } from './client.ts';

/** For a 429 that names no time of its own. */
const DEFAULT_WAIT_SECONDS = 1;
/** The sender's queue holds some hours of messages: it does not empty in a second. */
const QUEUE_WAIT_SECONDS = 60;

interface Meaning {
  reason: RefusalReason;
  connection?: ConnectionStatus;
}

const OPTED_OUT: Meaning = { reason: 'blocked', connection: 'unsubscribed' };
const NO_SUCH_PHONE: Meaning = { reason: 'unreachable', connection: 'unreachable' };

/** What a code says about the one person, or about this one message to them. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  21610: OPTED_OUT,
  // Not a number, not a mobile one, a short code, a premium number, a landline.
  21211: NO_SUCH_PHONE,
  21214: NO_SUCH_PHONE,
  21217: NO_SUCH_PHONE,
  21265: NO_SUCH_PHONE,
  21614: NO_SUCH_PHONE,
  21635: NO_SUCH_PHONE,
  30005: NO_SUCH_PHONE,
  30006: NO_SUCH_PHONE,
  // No route from this sender to there, a handset that is switched off: another time it may work.
  21612: { reason: 'unreachable' },
  30003: { reason: 'unreachable' },
  30004: { reason: 'blocked', connection: 'blocked' },
  // The country is not opened for this account, or a trial account may not write to this number.
  21408: { reason: 'platform_error' },
  21608: { reason: 'platform_error' },
  // Filtered as spam.
  30007: { reason: 'content_refused' },
  21602: { reason: 'content_refused' },
  21605: { reason: 'content_refused' },
  21617: { reason: 'content_refused' },
  21658: { reason: 'content_refused' },
};

/** The account is closed or the sender is not its own: nothing more can go out over this bot. */
const BOT_CODES: ReadonlySet<number> = new Set([
  10001, 20003, 20005, 20404, 21212, 21603, 21606, 21659, 21660, 21661, 30002,
]);

/** What a short code hears of a number in another country, and any sender of itself when it is not the account's. */
const NOT_FROM_HERE: ReadonlySet<number> = new Set([21606, 21659]);

/** `from`: short codes work in one country, so what is said of them may be about the receiver alone. */
export function outcomeOf(answer: Answer, now: number, from: SenderKind | null): Outcome {
  if (from === 'shortCode' && answer.kind === 'refused' && NOT_FROM_HERE.has(answer.code ?? 0))
    return { status: 'refused', reason: 'unreachable', detail: detailOf(answer) };
  switch (answer.kind) {
    case 'taken':
      return { status: 'accepted', messageId: typeof answer.body.sid === 'string' ? answer.body.sid : null };
    case 'no_answer':
    case 'not_an_api':
      return unheardOutcome(answer);
    case 'refused':
      return refusal(answer, now);
    default:
      return answer satisfies never;
  }
}

const detailOf = ({ code, status, message }: Answer & { kind: 'refused' }): string =>
  words(code ?? `HTTP ${status}`, message);

function refusal(answer: Answer & { kind: 'refused' }, now: number): Outcome {
  const { status, code, retryAfter } = answer;
  const detail = detailOf(answer);
  const wait = (seconds: number): Outcome => ({ status: 'throttled', scope: 'bot', retryAt: now + seconds * 1000 });
  if (code === 21611) return wait(retryAfter ?? QUEUE_WAIT_SECONDS);
  if (status === 429 || code === 20429) return wait(retryAfter ?? DEFAULT_WAIT_SECONDS);
  if (status === 401 || (code !== null && BOT_CODES.has(code))) return { status: 'bot_refused', detail };
  // The gateway gave up waiting: the platform may have gone on. Its other 5xx say that the call failed.
  if (status === 504) return { status: 'unknown', detail };
  if (status >= 500) return { status: 'failed', detail };
  return { status: 'refused', ...meaningOf(code, 'content_refused'), detail };
}

/** Why a message that had been taken did not arrive. */
export const failureOf = (code: number | null): Meaning => meaningOf(code, 'platform_error');

const meaningOf = (code: number | null, otherwise: RefusalReason): Meaning =>
  (code === null ? undefined : MEANINGS[code]) ?? { reason: otherwise };
