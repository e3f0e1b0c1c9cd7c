// Reads the facts out of one event. Conversations with one person only: a chat of several is nobody's subscription. Pure.
import type { Inbound, PersonProfile } from '../../src/domain/channel.ts';
import { readKeyword } from '../lib/keywords.ts';
import { asText, isRecord, parseJson } from '../lib/json.ts';
import { idOf } from './ids.ts';

/** The kinds of event we ask the platform for. */
export const EVENTS = ['message_new', 'message_allow', 'message_deny', 'message_event', 'message_read'] as const;

const REF_MAX = 190;
/** Ids from here on are of chats with several people. */
const FIRST_CHAT = 2_000_000_000;
/** Languages of the app, by the platform's numbers. */
const LOCALES: Readonly<Record<number, string>> = { 0: 'ru', 1: 'uk', 2: 'be', 3: 'en', 4: 'es', 97: 'kk', 100: 'ru' };

export function parse(update: unknown, now: number): Inbound[] {
  if (!isRecord(update) || !isRecord(update.object)) return [];
  const externalId = asText(update.event_id);
  if (externalId === '') return [];
  const { object } = update;
  switch (update.type) {
    case 'message_new':
      return fromMessage(object, externalId, now);
    case 'message_event':
      return fromPress(object, { externalId, at: now });
    case 'message_allow':
      return about(object.user_id, (address) => ({
        kind: 'subscribed',
        externalId,
        at: now,
        address,
        ref: refOf(object.key),
      }));
    case 'message_deny':
      return about(object.user_id, (address) => ({ kind: 'unsubscribed', externalId, at: now, address }));
    case 'message_read': {
      // Everything up to the one named; the platform says neither when, nor that it was delivered.
      const messageId = idOf(object.read_message_id);
      return about(object.from_id, (address) => ({
        kind: 'opened',
        externalId,
        at: now,
        address,
        messageId,
        upTo: true,
      }));
    }
    default:
      return [];
  }
}

const about = (id: unknown, fact: (address: string) => Inbound): Inbound[] => {
  const address = personOf(id);
  return address === null ? [] : [fact(address)];
};

const personOf = (id: unknown): string | null => (Number(id) < FIRST_CHAT ? idOf(id) : null);

const refOf = (value: unknown): string | null => asText(value).trim().slice(0, REF_MAX) || null;

function fromMessage(object: Record<string, unknown>, externalId: string, now: number): Inbound[] {
  const { message } = object;
  if (!isRecord(message)) return [];
  const address = personOf(message.from_id);
  if (address === null || message.peer_id !== message.from_id) return [];
  const base = {
    externalId,
    at: Number.isSafeInteger(message.date) ? Number(message.date) * 1000 : now,
    address,
    profile: profileOf(object.client_info),
  };
  const payload = parseJson(asText(message.payload));
  const text = asText(message.text);
  const ref = refOf(message.ref);
  const token = tokenOf(payload);
  if (token !== null) return [{ ...base, kind: 'pressed', token }];
  // The button the platform shows to whoever opens the chat for the first time.
  if (isRecord(payload) && payload.command === 'start') return [{ ...base, kind: 'subscribed', ref }];
  switch (readKeyword(text)) {
    case 'start':
      return [{ ...base, kind: 'subscribed', ref }];
    case 'stop':
      return [{ ...base, kind: 'unsubscribed' }];
    default:
      return ref === null
        ? [{ ...base, kind: 'replied', text, subscribes: true }]
        : [
            { ...base, kind: 'subscribed', ref },
            { ...base, externalId: `${externalId}:text`, kind: 'replied', text, subscribes: true },
          ];
  }
}

function fromPress(object: Record<string, unknown>, base: { externalId: string; at: number }): Inbound[] {
  const token = tokenOf(object.payload);
  return token === null ? [] : about(object.user_id, (address) => ({ ...base, kind: 'pressed', address, token }));
}

const tokenOf = (payload: unknown): string | null => (isRecord(payload) ? asText(payload.t) : '') || null;

function profileOf(client: unknown): PersonProfile {
  const locale = isRecord(client) ? LOCALES[Number(client.lang_id)] : undefined;
  return locale === undefined ? {} : { locale };
}
