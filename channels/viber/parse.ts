// Reads the facts out of one event. Pure.
import { DETAIL_MAX, type Inbound, type InboundRequest, type PersonProfile } from '../../src/domain/channel.ts';
import { readKeyword } from '../lib/keywords.ts';
import { asText, isRecord } from '../lib/json.ts';
import { internationalPhone } from '../lib/phones.ts';
import { readJson, tokenOf } from './json.ts';
import { CONTACT, PRESS_PREFIX, START } from './marks.ts';

const REF_MAX = 190;
const START_WORD = new RegExp(`^${START}(?::(.*))?$`, 's');

export const read = ({ body }: InboundRequest): unknown => readJson(body.toString('utf8'));

export function parse(update: unknown, now: number): Inbound[] {
  if (!isRecord(update)) return [];
  const token = tokenOf(update.message_token);
  if (token === null) return [];
  const at = Number.isSafeInteger(update.timestamp) ? Number(update.timestamp) : now;
  switch (update.event) {
    case 'message':
      return fromMessage(update, token, at);
    case 'conversation_started':
      return fromOpened(update, token, at);
    case 'subscribed':
      return fromStart(update, token, at, null);
    case 'unsubscribed':
    case 'delivered':
    case 'seen':
    case 'failed':
      return fromReport(update, token, at);
    default:
      return [];
  }
}

/**
 * Opening a chat subscribes nobody; it only tells over which link someone who has subscribed came back. Without one it tells
 * nothing: the platform counts as subscribed whoever ever wrote, also to say stop.
 */
function fromOpened(update: Record<string, unknown>, token: string, at: number): Inbound[] {
  const ref = refOf(update.context);
  return update.subscribed === true && ref !== null ? fromStart(update, token, at, ref) : [];
}

function fromStart(update: Record<string, unknown>, token: string, at: number, ref: string | null): Inbound[] {
  const person = personOf(update.user);
  return person ? [{ kind: 'subscribed', externalId: `subscribed:${token}`, at, ...person, ref }] : [];
}

function fromReport(update: Record<string, unknown>, token: string, at: number): Inbound[] {
  const address = asText(update.user_id);
  if (address === '') return [];
  // A broadcast has one token for all its receivers: only both together name a message.
  const base = { externalId: `${String(update.event)}:${token}:${address}`, at, address };
  switch (update.event) {
    case 'unsubscribed':
      return [{ ...base, kind: 'unsubscribed' }];
    case 'delivered':
      return [{ ...base, kind: 'delivered', messageId: token, upTo: false }];
    case 'seen':
      return [{ ...base, kind: 'opened', messageId: token, upTo: false }];
    default: {
      const detail = asText(update.desc).slice(0, DETAIL_MAX) || 'failed on the phone';
      return [{ ...base, kind: 'undelivered', messageId: token, reason: 'platform_error', detail }];
    }
  }
}

function fromMessage(update: Record<string, unknown>, token: string, at: number): Inbound[] {
  const person = personOf(update.sender);
  if (!person || !isRecord(update.message)) return [];
  const { message } = update;
  const base = { externalId: `message:${token}`, at, ...person };
  const text = asText(message.text);
  // An opened address, which the app tells as if it had been written; the click itself is counted where it leads.
  if (update.silent === true && /^https?:\/\/\S+$/i.test(text)) return [];
  if (text.startsWith(PRESS_PREFIX) && text.length > PRESS_PREFIX.length)
    return [{ ...base, kind: 'pressed', token: text.slice(PRESS_PREFIX.length) }];
  const start = START_WORD.exec(text);
  if (start) return [{ ...base, kind: 'subscribed', ref: refOf(start[1]) }];
  switch (readKeyword(text)) {
    case 'start':
      return [{ ...base, kind: 'subscribed', ref: null }];
    case 'stop':
      return [{ ...base, kind: 'unsubscribed' }];
    default:
      return [{ ...base, profile: { ...base.profile, ...phoneOf(message) }, kind: 'replied', text, subscribes: true }];
  }
}

const refOf = (value: unknown): string | null => asText(value).trim().slice(0, REF_MAX) || null;

function personOf(user: unknown): { address: string; profile: PersonProfile } | null {
  if (!isRecord(user) || asText(user.id) === '') return null;
  const name = asText(user.name).trim();
  const [firstName = '', ...others] = name.split(/\s+/);
  const lastName = others.join(' ');
  const locale = asText(user.language);
  return {
    address: asText(user.id),
    profile: {
      ...(firstName ? { firstName } : {}),
      ...(lastName ? { lastName } : {}),
      ...(locale ? { locale } : {}),
    },
  };
}

/** A contact somebody sends may be anyone's; the one that answers our question is their own. */
function phoneOf({ contact, tracking_data: mark }: Record<string, unknown>): PersonProfile {
  const phone = isRecord(contact) && mark === CONTACT ? asText(contact.phone_number) : '';
  return phone ? { phone: internationalPhone(phone) } : {};
}
