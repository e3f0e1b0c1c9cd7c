// What a mail server's replies mean, at once and in a bounce. Enhanced status codes (RFC 3463) decide, then the reply
// code and what was asked; wording never does. Pure.
import { DETAIL_MAX, type Outcome, type RefusalReason } from '../../src/domain/channel.ts';
import type { ConnectionStatus } from '../../src/domain/subscriber.ts';
import type { SendFailure, SendResult } from './client.ts';

/** Grey-listing lets a letter in after some minutes. */
const GREY_MS = 5 * 60_000;
const BUSY_MS = 60_000;

export interface Meaning {
  reason: RefusalReason;
  connection?: ConnectionStatus;
}

const NO_SUCH_MAILBOX: Meaning = { reason: 'unreachable', connection: 'unreachable' };
const NOT_NOW: Meaning = { reason: 'unreachable' };

/** Mailbox or domain unknown, mailbox moved or closed. */
const GONE = /^5\.(1\.(0|1|2|3|4|6|10)|2\.1|4\.4)$/;
/** Too large, or of a kind that is not taken there. */
const CONTENT = /^5\.(2\.3|3\.4|6\.\d+)$/;
const POLICY = /^5\.7\.\d+$/;
/** Address or mailbox: grey-listing, a mailbox that is busy. */
const THE_PERSON = /^4\.[12]\./;
/**
 * Of the "not now"s to a receiver, what their host means. Others, such as 452 and 454, speak of our own server's room and
 * limits.
 */
const HOST_CODES: ReadonlySet<number> = new Set([421, 450, 451]);

/** Why a letter was refused for good, by its enhanced status: `5.1.1`. */
export function meaningOf(status: string): Meaning {
  if (GONE.test(status)) return NO_SUCH_MAILBOX;
  if (CONTENT.test(status)) return { reason: 'content_refused' };
  return POLICY.test(status) ? { reason: 'platform_error' } : NOT_NOW;
}

export function outcomeOf(result: SendResult, messageId: string, now: number): Outcome {
  if (result.kind === 'taken') return { status: 'accepted', messageId };
  if (result.reply === null) return withoutReply(result);
  const { code, text } = result.reply;
  const detail = cleaned(text);
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? '';
  if (isAboutTheAccount(result, status)) return { status: 'bot_refused', detail };
  return code < 500 ? notNow(result, status, now) : { status: 'refused', ...refusal(result, status), detail };
}

function withoutReply({ code, begun }: SendFailure): Outcome {
  if (code === 'ENOAUTH') return { status: 'bot_refused', detail: 'no user name and password' };
  if (code === 'EENVELOPE') return { status: 'refused', ...NO_SUCH_MAILBOX, detail: 'not an e-mail address' };
  if (code === 'EMESSAGE')
    return { status: 'refused', reason: 'content_refused', detail: 'larger than the server takes' };
  return { status: begun ? 'unknown' : 'failed', detail: `no answer (${code})` };
}

/** Signing in, or the sender's address, was refused: nothing more can go out over this bot. */
function isAboutTheAccount({ code, command, reply }: SendFailure, status: string): boolean {
  if (!reply || reply.code < 500) return false;
  if (code === 'EAUTH' || [530, 535, 538].includes(reply.code)) return true;
  return command === 'MAIL FROM' && (reply.code === 553 || /^5\.(1\.[78]|7\.\d+)$/.test(status));
}

function notNow({ code, command, reply }: SendFailure, status: string, now: number): Outcome {
  if (code === 'EAUTH') return { status: 'failed', detail: cleaned(reply?.text ?? '') };
  // A full mailbox is emptied in days, not in minutes.
  if (status === '4.2.2') return { status: 'refused', ...NOT_NOW, detail: cleaned(reply?.text ?? '') };
  // Of a server that hangs up with a letter on its way, nodemailer does not tell at which of the two steps it was.
  const hungUp = code === 'ECONNECTION' && reply?.code === 421;
  const isTheReceiver = command === 'RCPT TO' || command === 'DATA' || hungUp;
  if (isTheReceiver && THE_PERSON.test(status)) return { status: 'throttled', scope: 'chat', retryAt: now + GREY_MS };
  const isTheirHost = isTheReceiver && HOST_CODES.has(reply?.code ?? 0);
  return { status: 'throttled', scope: isTheirHost ? 'host' : 'bot', retryAt: now + BUSY_MS };
}

function refusal({ command, reply }: SendFailure, status: string): Meaning {
  if (status !== '' && !status.endsWith('.0.0')) {
    // Behind the whole letter a policy speaks of what is in it.
    return POLICY.test(status) && command === 'DATA' ? { reason: 'content_refused' } : meaningOf(status);
  }
  if (reply?.code === 552) return { reason: 'content_refused' };
  if (command === 'RCPT TO') return [501, 550, 551, 553].includes(reply?.code ?? 0) ? NO_SUCH_MAILBOX : NOT_NOW;
  return { reason: 'content_refused' };
}

/** Servers repeat addresses and may say much. */
export const cleaned = (text: string): string => text.replace(/\s+/g, ' ').slice(0, DETAIL_MAX);
