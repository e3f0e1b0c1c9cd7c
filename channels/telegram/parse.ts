// Reads the facts out of one update. Private chats only: a group is nobody's subscription. Pure.
import type { Inbound, PersonProfile } from '../../src/domain/channel.ts';
import { internationalPhone } from '../lib/phones.ts';
import type { CallbackQuery, ChatMemberUpdated, Message, Update, User } from 'grammy/types';

/** The kinds of update we ask the platform for. */
export const ALLOWED_UPDATES = ['message', 'callback_query', 'my_chat_member'] as const;

export function parse(update: unknown, now: number): Inbound[] {
  if (!isUpdate(update)) return [];
  const id = String(update.update_id);
  if (isRecord(update.message)) return fromMessage(update.message, id, now);
  if (isRecord(update.callback_query)) return fromPress(update.callback_query, id, now);
  if (isRecord(update.my_chat_member)) return fromMembership(update.my_chat_member, id, now);
  return [];
}

/** The id of the button press that an update tells of: the platform waits for an answer to it. */
export function pressId(update: unknown): string | null {
  if (!isUpdate(update) || !isRecord(update.callback_query)) return null;
  const { id } = update.callback_query;
  return typeof id === 'string' ? id : null;
}

const isRecord = <T>(value: T): value is T & object => typeof value === 'object' && value !== null;

const isUpdate = (value: unknown): value is Update =>
  isRecord(value) && 'update_id' in value && Number.isSafeInteger(value.update_id);

const isPerson = (user: User | undefined): user is User =>
  isRecord(user) && Number.isSafeInteger(user.id) && user.is_bot !== true;

/** The library's types promise texts; the wire does not. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const time = (seconds: unknown, now: number): number => (Number.isSafeInteger(seconds) ? Number(seconds) * 1000 : now);

const COMMAND = /^\/(start|stop)(?:@\w+)?(?:\s+(.*))?$/s;
const REF_MAX = 190;

function fromMessage(message: Message, externalId: string, now: number): Inbound[] {
  if (message.chat?.type !== 'private' || !isPerson(message.from)) return [];
  const base = {
    externalId,
    at: time(message.date, now),
    address: String(message.chat.id),
    profile: { ...profileOf(message.from), ...phoneOf(message, message.from) },
  };
  const text = textOf(message.text) || textOf(message.caption);
  const command = COMMAND.exec(text.trim());
  switch (command?.[1]) {
    case 'start':
      return [{ ...base, kind: 'subscribed', ref: command[2]?.trim().slice(0, REF_MAX) || null }];
    case 'stop':
      return [{ ...base, kind: 'unsubscribed' }];
    default:
      return [{ ...base, kind: 'replied', text }];
  }
}

function fromPress(press: CallbackQuery, externalId: string, now: number): Inbound[] {
  if (!isPerson(press.from) || typeof press.data !== 'string' || press.data === '') return [];
  if (press.message && press.message.chat?.type !== 'private') return [];
  const profile = profileOf(press.from);
  // A press carries no time of its own.
  return [{ kind: 'pressed', externalId, at: now, address: String(press.from.id), profile, token: press.data }];
}

function fromMembership(change: ChatMemberUpdated, externalId: string, now: number): Inbound[] {
  if (change.chat?.type !== 'private' || !isPerson(change.from)) return [];
  const base = {
    externalId,
    at: time(change.date, now),
    address: String(change.chat.id),
    profile: profileOf(change.from),
  };
  switch (change.new_chat_member?.status) {
    case 'kicked':
      return [{ ...base, kind: 'blocked' }];
    case 'member':
      return change.old_chat_member?.status === 'kicked' ? [{ ...base, kind: 'unblocked' }] : [];
    default:
      return [];
  }
}

function profileOf(user: User): PersonProfile {
  const [firstName, lastName, locale, username] = [
    user.first_name,
    user.last_name,
    user.language_code,
    user.username,
  ].map(textOf);
  return {
    ...(firstName ? { firstName } : {}),
    ...(lastName ? { lastName } : {}),
    ...(locale ? { locale } : {}),
    ...(username ? { username } : {}),
  };
}

/** A shared contact is the person's own phone number only when it bears the person's own id. */
function phoneOf({ contact }: Message, from: User): PersonProfile {
  const phone = isRecord(contact) && contact.user_id === from.id ? textOf(contact.phone_number) : '';
  return phone ? { phone: internationalPhone(phone) } : {};
}
