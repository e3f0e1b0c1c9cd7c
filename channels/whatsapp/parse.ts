// Reads the facts out of one webhook: messages of people, what became of ours, and who wants no marketing any more. Only what
// is meant for this number counts, since an app has one webhook for all of its numbers. Pure.
import type { ChannelBot, Inbound, PersonProfile } from '../../src/domain/channel.ts';
import { detailOf, meaningOf, undeliveredOf } from '../lib/graph/outcome.ts';
import { asRecord, asRecords, asText, type JsonRecord } from '../lib/json.ts';
import { readKeyword } from '../lib/keywords.ts';
import { nameOf } from '../lib/names.ts';
import { internationalPhone } from '../lib/phones.ts';
import { readCode } from './outcome.ts';

/** The address that invites people writes this word before a campaign's tag. */
export const START_WORD = 'START';

const REF_MAX = 190;

export function parse(update: unknown, bot: ChannelBot, now: number): Inbound[] {
  const envelope = asRecord(update);
  if (envelope.object !== 'whatsapp_business_account') return [];
  const values = asRecords(envelope.entry)
    .flatMap((entry) => asRecords(entry.changes))
    .map((change) => asRecord(change.value));
  return values.flatMap((value) => {
    if (asRecord(value.metadata).phone_number_id !== bot.externalId) return [];
    return [
      ...asRecords(value.messages).flatMap((message) => fromMessage(message, profileOf(value, message), now)),
      ...asRecords(value.statuses).flatMap((status) => fromStatus(status, now) ?? []),
      ...asRecords(value.user_preferences).flatMap((preference) => fromPreference(preference, now) ?? []),
    ];
  });
}

/** UTC seconds, as text. */
const timeOf = (value: unknown, now: number): number => (/^\d{9,11}$/.test(asText(value)) ? Number(value) * 1000 : now);

/** The phone number where it is told, else the id that the person has with this business. */
const addressOf = (phone: unknown, userId: unknown): string => asText(phone) || asText(userId);

function profileOf({ contacts }: JsonRecord, message: JsonRecord): PersonProfile {
  const contact = asRecords(contacts).find(
    (one) =>
      (one.wa_id !== undefined && one.wa_id === message.from) ||
      (one.user_id !== undefined && one.user_id === message.from_user_id),
  );
  const { name, username } = asRecord(asRecord(contact).profile);
  const phone = asText(message.from);
  return {
    ...nameOf(asText(name)),
    ...(asText(username) === '' ? {} : { username: asText(username) }),
    ...(/^\d{7,15}$/.test(phone) ? { phone: `+${phone}` } : {}),
  };
}

function fromMessage(message: JsonRecord, known: PersonProfile, now: number): Inbound[] {
  const externalId = asText(message.id);
  const address = addressOf(message.from, message.from_user_id);
  if (externalId === '' || address === '' || IGNORED.has(asText(message.type))) return [];
  const profile = { ...known, ...sharedPhone(message) };
  const base = { externalId, address, at: timeOf(message.timestamp, now), profile };
  const interactive = asRecord(message.interactive);
  const token = asText(asRecord(interactive.button_reply).id) || asText(asRecord(interactive.list_reply).id);
  if (token !== '') return [{ ...base, kind: 'pressed', token }];
  const text = wordsOf(message);
  const start = /^start\s+(\S+)$/iu.exec(text.trim());
  if (start) return [{ ...base, kind: 'subscribed', ref: start[1]?.slice(0, REF_MAX) ?? null }];
  switch (readKeyword(text)) {
    case 'stop':
      return [{ ...base, kind: 'unsubscribed' }];
    case 'start':
      return [{ ...base, kind: 'subscribed', ref: null }];
    default:
      return [{ ...base, kind: 'replied', text, subscribes: true }];
  }
}

/** What is no word of the person: a heart on a message, one that was changed or taken back, a note of the platform. */
const IGNORED: ReadonlySet<string> = new Set([
  'reaction',
  'edit',
  'revoke',
  'system',
  'unsupported',
  'request_welcome',
]);

/** A text, the label of a template's button, or what stands under a picture. */
const wordsOf = (message: JsonRecord): string =>
  asText(asRecord(message.text).body) ||
  asText(asRecord(message.button).text) ||
  asText(asRecord(message.image).caption) ||
  asText(asRecord(message.video).caption) ||
  asText(asRecord(message.document).caption);

/** A number that came as the answer to our question; a contact sent otherwise may be anybody's. */
function sharedPhone({ contacts }: JsonRecord): PersonProfile {
  const asked = asRecords(contacts).find(({ origin }) => origin === 'contact_request');
  const phone = asText(asRecords(asRecord(asked).phones)[0]?.phone);
  return phone === '' ? {} : { phone: internationalPhone(phone) };
}

function fromStatus(status: JsonRecord, now: number): Inbound | null {
  const messageId = asText(status.id);
  const address = addressOf(status.recipient_id, status.recipient_user_id);
  const kind = asText(status.status);
  if (messageId === '' || address === '') return null;
  const base = { externalId: `${kind} ${messageId}`, address, at: timeOf(status.timestamp, now), messageId };
  switch (kind) {
    case 'delivered':
      return { ...base, kind: 'delivered', upTo: false };
    case 'read':
      return { ...base, kind: 'opened', upTo: false };
    case 'failed': {
      const [error = {}] = asRecords(status.errors);
      const details = asText(asRecord(error.error_data).details);
      const message = [asText(error.title), details].filter((part) => part !== '').join(': ');
      const code = Number.isSafeInteger(error.code) ? Number(error.code) : 0;
      const told = { code, subcode: null, message };
      return { ...base, kind: 'undelivered', ...undeliveredOf(meaningOf(told, readCode)), detail: detailOf(told) };
    }
    default:
      return null;
  }
}

/** The person said in WhatsApp itself that they want no marketing, or want it again. */
function fromPreference(preference: JsonRecord, now: number): Inbound | null {
  const address = addressOf(preference.wa_id, preference.user_id);
  const at = timeOf(preference.timestamp, now);
  if (address === '' || preference.category !== 'marketing_messages') return null;
  const base = {
    externalId: `preference ${address} ${asText(preference.timestamp)} ${asText(preference.value)}`,
    at,
    address,
  };
  switch (preference.value) {
    case 'stop':
      return { ...base, kind: 'unsubscribed' };
    case 'resume':
      return { ...base, kind: 'subscribed', ref: null };
    default:
      return null;
  }
}
