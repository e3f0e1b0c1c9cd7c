// Reads the facts out of an interaction (a pressed button, a command) or a webhook event (the app was added or removed), and
// says what the platform wants to read in the answer. Both come to one address. Pure.
import type { HttpAnswer, Inbound, PersonProfile } from '../../src/domain/channel.ts';
import { asList, asRecord, asText, type JsonRecord } from '../lib/json.ts';
import { answerTo, CODE_OPTION, COMMANDS, type Command } from './commands.ts';

const PING = 1;
const COMMAND = 2;
const COMPONENT = 3;
/** Whose `type` 1 is an event and not a ping: interactions have no `event`. */
const isEvent = (update: JsonRecord): boolean => 'event' in update || update.type === 0;

const ANSWER_WITH_MESSAGE = 4;
const ANSWER_LATER_BY_EDIT = 6;
/** Only the person sees it. */
const EPHEMERAL = 64;
const USER_INSTALL = 1;
const REF_MAX = 190;

export function parse(given: unknown, now: number): Inbound[] {
  const update = asRecord(given);
  const fact = isEvent(update) ? fromEvent(asRecord(update.event), now) : fromInteraction(update, now);
  return fact ? [fact] : [];
}

export function answer(given: unknown): HttpAnswer | null {
  const update = asRecord(given);
  if (isEvent(update)) return { status: 204, type: 'application/json', body: '' };
  switch (update.type) {
    case PING:
      return json({ type: PING });
    case COMPONENT:
      return json({ type: ANSWER_LATER_BY_EDIT });
    case COMMAND: {
      const name = commandOf(update);
      if (name === null) return null;
      const content = answerTo(name, asText(update.locale));
      return json({ type: ANSWER_WITH_MESSAGE, data: { content, flags: EPHEMERAL } });
    }
    default:
      return null;
  }
}

const json = (body: object): HttpAnswer => ({ status: 200, type: 'application/json', body: JSON.stringify(body) });

function fromInteraction(update: JsonRecord, now: number): Inbound | null {
  // In a conversation the person stands by themselves, on a server as its member.
  const user = asRecord(update.user ?? asRecord(update.member).user);
  const [externalId, address] = [asText(update.id), asText(user.id)];
  if (externalId === '' || address === '') return null;
  const base = { externalId, at: timeOf(externalId, now), address, profile: profileOf(user, asText(update.locale)) };
  switch (update.type) {
    case COMPONENT: {
      const token = asText(asRecord(update.data).custom_id);
      return token === '' ? null : { ...base, kind: 'pressed', token };
    }
    case COMMAND:
      switch (commandOf(update)) {
        case 'start':
          return { ...base, kind: 'subscribed', ref: codeOf(update) };
        case 'stop':
          return { ...base, kind: 'unsubscribed' };
        default:
          return null;
      }
    default:
      return null;
  }
}

function fromEvent(event: JsonRecord, now: number): Inbound | null {
  const data = asRecord(event.data);
  const user = asRecord(data.user);
  const [address, timestamp] = [asText(user.id), asText(event.timestamp)];
  if (address === '' || timestamp === '') return null;
  // Events have no ids; a retry brings the same time, to the microsecond.
  const externalId = `${asText(event.type)} ${address} ${timestamp}`;
  const time = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(timestamp) ? timestamp : `${timestamp}Z`);
  const base = { externalId, at: Number.isNaN(time) ? now : time, address };
  switch (event.type) {
    case 'APPLICATION_AUTHORIZED':
      // Who adds the app to a server has not asked for anything themselves.
      return data.integration_type === USER_INSTALL
        ? { ...base, kind: 'subscribed', ref: null, profile: profileOf(user, '') }
        : null;
    case 'APPLICATION_DEAUTHORIZED':
      return { ...base, kind: 'blocked' };
    default:
      return null;
  }
}

function commandOf(update: JsonRecord): Command['name'] | null {
  const name = asRecord(update.data).name;
  return COMMANDS.find((command) => command.name === name)?.name ?? null;
}

function codeOf(update: JsonRecord): string | null {
  const options = asList(asRecord(update.data).options).map(asRecord);
  const code = asText(options.find(({ name }) => name === CODE_OPTION)?.value).trim();
  return code.slice(0, REF_MAX) || null;
}

const EPOCH_MS = 1_420_070_400_000;

/** The time is the upper part of the id. */
const timeOf = (id: string, now: number): number =>
  /^\d{15,20}$/.test(id) ? Number(BigInt(id) >> 22n) + EPOCH_MS : now;

function profileOf(user: JsonRecord, locale: string): PersonProfile {
  const username = asText(user.username);
  const firstName = asText(user.global_name) || username;
  return {
    ...(firstName ? { firstName } : {}),
    ...(username ? { username } : {}),
    ...(locale ? { locale } : {}),
  };
}
