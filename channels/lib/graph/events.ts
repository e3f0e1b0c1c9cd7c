// Reads the facts out of one webhook of a page or an Instagram account: both bring the same kinds of event. Only what is
// meant for this account counts, since an app has one webhook for all of its accounts. Pure.
import type { ChannelBot, Inbound, PersonProfile } from '../../../src/domain/channel.ts';
import { readKeyword } from '../keywords.ts';
import { asList, asRecords, asText, isRecord, type JsonRecord } from '../json.ts';

/** What the button with which a conversation begins sends; no token of ours has a colon. */
export const GET_STARTED = 'herald:start';

const REF_MAX = 190;

export function readEvents(update: unknown, bot: ChannelBot, now: number, object: 'page' | 'instagram'): Inbound[] {
  if (!isRecord(update) || update.object !== object) return [];
  return asRecords(update.entry)
    .filter((entry) => entry.id === bot.externalId)
    .flatMap(({ messaging, standby }) => [
      ...asRecords(messaging).flatMap((event) => readEvent(event, bot, now)),
      ...asRecords(standby).flatMap((event) => readEvent(event, bot, now).map(overheard)),
    ]);
}

/**
 * Said while another app, or a person in the page's inbox, has the conversation in hand: STOP is STOP whoever listens, and a word
 * opens the window; but it was not said to us, and subscribes nobody.
 */
function overheard(fact: Inbound): Inbound {
  if (fact.kind !== 'replied') return fact;
  const { subscribes: _subscribes, ...said } = fact;
  return said;
}

interface Base {
  at: number;
  address: string;
}

function readEvent(event: JsonRecord, bot: ChannelBot, now: number): Inbound[] {
  const address = isRecord(event.sender) ? asText(event.sender.id) : '';
  if (address === '' || address === bot.externalId) return [];
  const base = { at: timeOf(event.timestamp, now), address };
  if (isRecord(event.message)) return fromMessage(event.message, base);
  if (isRecord(event.postback)) return fromPostback(event.postback, base);
  if (isRecord(event.referral)) return fromReferral(event.referral, base, `referral ${address} ${base.at}`);
  if (isRecord(event.delivery)) return fromDelivery(event.delivery, base);
  if (isRecord(event.read)) return fromRead(event.read, base);
  return [];
}

const timeOf = (value: unknown, now: number): number =>
  Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : now;

function fromMessage(message: JsonRecord, base: Base): Inbound[] {
  const externalId = asText(message.mid);
  // Echoes are what the account itself said.
  if (externalId === '' || message.is_echo === true || message.is_deleted === true) return [];
  const text = asText(message.text);
  const arrival = isRecord(message.referral) ? fromReferral(message.referral, base, `referral ${externalId}`) : [];
  const chosen = isRecord(message.quick_reply) ? asText(message.quick_reply.payload) : '';
  if (chosen !== '' && !isPhone(chosen)) return [...arrival, { ...base, kind: 'pressed', externalId, token: chosen }];
  const profile: { profile?: PersonProfile } = chosen === '' ? {} : { profile: { phone: chosen } };
  switch (readKeyword(text)) {
    case 'stop':
      return [{ ...base, kind: 'unsubscribed', externalId }];
    case 'start':
      return [{ ...base, kind: 'subscribed', externalId, ref: null }];
    default:
      return [...arrival, { ...base, ...profile, kind: 'replied', externalId, text, ...consentIn(message) }];
  }
}

/** Who writes to us subscribes; who names us in a story of their own has asked for nothing, though it comes as a message. */
const consentIn = ({ attachments }: JsonRecord): { subscribes?: true } =>
  asRecords(attachments).some(({ type }) => type === 'story_mention') ? {} : { subscribes: true };

/** A shared number comes in the place of a payload; our payloads never begin with a plus. */
const isPhone = (payload: string): boolean => /^\+[\d\s().-]{7,24}$/.test(payload);

function fromPostback(postback: JsonRecord, base: Base): Inbound[] {
  const payload = asText(postback.payload);
  const externalId = asText(postback.mid) || `postback ${base.address} ${base.at} ${payload}`;
  const ref = isRecord(postback.referral) ? refOf(postback.referral) : null;
  if (payload === GET_STARTED) return [{ ...base, kind: 'subscribed', externalId, ref }];
  if (payload === '') return [];
  const arrival: Inbound[] =
    ref === null ? [] : [{ ...base, kind: 'subscribed', externalId: `referral ${externalId}`, ref }];
  return [...arrival, { ...base, kind: 'pressed', externalId, token: payload }];
}

const refOf = (referral: JsonRecord): string | null => asText(referral.ref).trim().slice(0, REF_MAX) || null;

/** Whoever comes by a link of ours comes to subscribe. */
function fromReferral(referral: JsonRecord, base: Base, externalId: string): Inbound[] {
  const ref = refOf(referral);
  return ref === null ? [] : [{ ...base, kind: 'subscribed', externalId, ref }];
}

/**
 * The watermark holds for all that was sent before it. Where messages are named the last one says the same without leaning on
 * two clocks; the others are told too, since the last may have been written by somebody in the page's inbox.
 */
function fromDelivery(delivery: JsonRecord, base: Base): Inbound[] {
  if (!Number.isSafeInteger(delivery.watermark)) return [];
  const at = timeOf(delivery.watermark, base.at);
  const named = asList(delivery.mids).filter((mid): mid is string => typeof mid === 'string' && mid !== '');
  const told = named.length > 0 ? named : [null];
  return told.map((messageId, index) => ({
    ...base,
    at,
    kind: 'delivered',
    externalId: `delivered ${base.address} ${messageId ?? at}`,
    messageId,
    upTo: index === told.length - 1,
  }));
}

/** Messenger names a time, Instagram the message. */
function fromRead(read: JsonRecord, base: Base): Inbound[] {
  const messageId = asText(read.mid) || null;
  if (messageId === null && !Number.isSafeInteger(read.watermark)) return [];
  const at = timeOf(read.watermark, base.at);
  const externalId = `opened ${base.address} ${messageId ?? at}`;
  return [{ ...base, at, kind: 'opened', externalId, messageId, upTo: true }];
}
