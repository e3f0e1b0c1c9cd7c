// Reads the facts out of one webhook call: what a person wrote, or what became of a message. Pure.
import { words } from '../lib/json-api.ts';
import { parseJson } from '../lib/json.ts';
import { readKeyword, startTag } from '../lib/keywords.ts';

import type { ChannelBot, HttpAnswer, Inbound, InboundRequest } from '../../src/domain/channel.ts';
import { failureOf } from './outcome.ts';
import { isForm } from './signature.ts';

/** The fields of the form, or the JSON, as an object of texts. */
export function read(request: InboundRequest): unknown {
  const text = request.body.toString('utf8');
  if (isForm(request)) return Object.fromEntries(new URLSearchParams(text));
  return parseJson(text);
}

type Fields = Readonly<Record<string, string>>;

export function parse(update: unknown, now: number): Inbound[] {
  const fields = fieldsOf(update);
  const { MessageSid: id = '', MessageStatus: status } = fields;
  if (id === '') return [];
  return status === undefined || status === 'received' ? fromMessage(fields, id, now) : fromStatus(fields, id, now);
}

function fromMessage(fields: Fields, id: string, now: number): Inbound[] {
  const { From: address = '', Body: text = '' } = fields;
  if (address === '') return [];
  const base = { externalId: id, at: now, address, profile: { phone: address } };
  switch (wish(fields)) {
    case 'stop':
      return [{ ...base, kind: 'unsubscribed' }];
    case 'start':
      return [{ ...base, kind: 'subscribed', ref: startTag(text) }];
    default:
      return [{ ...base, kind: 'replied', text }];
  }
}

/** A Messaging Service with keywords of its own says what it took the message for. */
function wish({ OptOutType: told = '', Body: text = '' }: Fields): ReturnType<typeof readKeyword> {
  const type = told.toLowerCase();
  if (type === 'stop' || type === 'start' || type === 'help') return type;
  return startTag(text) === null ? readKeyword(text) : 'start';
}

function fromStatus(fields: Fields, id: string, now: number): Inbound[] {
  const { To: address = '', MessageStatus: status, ErrorCode: error = '' } = fields;
  if (address === '') return [];
  const base = { externalId: `${id}:${status}`, at: now, address, messageId: id };
  switch (status) {
    case 'delivered':
      return [{ ...base, kind: 'delivered', upTo: false }];
    case 'read':
      return [{ ...base, kind: 'opened', upTo: false }];
    case 'undelivered':
    case 'failed': {
      const code = /^\d{1,6}$/.test(error) ? Number(error) : null;
      return [{ ...base, kind: 'undelivered', ...failureOf(code), detail: words(status, error) }];
    }
    default:
      return [];
  }
}

/**
 * TwiML. The platform itself answers STOP, START and HELP on ordinary numbers; where it does not, the operator's own
 * words for HELP are sent.
 */
export function answer(update: unknown, bot: ChannelBot): HttpAnswer | null {
  const fields = fieldsOf(update);
  if (fields.MessageSid === undefined || (fields.MessageStatus ?? 'received') !== 'received') return null;
  const reply = bot.credentials.helpReply ?? '';
  const helped = reply !== '' && fields.OptOutType === undefined && wish(fields) === 'help';
  const message = helped ? `<Message>${escapeXml(reply)}</Message>` : '';
  return {
    status: 200,
    type: 'text/xml',
    body: `<?xml version="1.0" encoding="UTF-8"?><Response>${message}</Response>`,
  };
}

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };
const escapeXml = (text: string): string => text.replace(/[<>&"]/g, (sign) => ENTITIES[sign] ?? '');

function fieldsOf(update: unknown): Fields {
  if (typeof update !== 'object' || update === null) return {};
  return Object.fromEntries(Object.entries(update).filter((entry): entry is [string, string] => isText(entry[1])));
}

const isText = (value: unknown): value is string => typeof value === 'string';
