// The Send API: who may be written to when, with what, and how fast.
import { asRecords, asText, isRecord, type JsonRecord } from '../../lib/json.ts';
import type { Crowd } from '../../lib/simulator/crowd.ts';
import { BLOCKED, STRANGER } from '../../lib/simulator/ledger.ts';
import { holdMessage } from '../../lib/simulator/limits.ts';
import type { Content } from '../../lib/simulator/world.ts';
import { readContent } from './content.ts';
import { type FacebookPage, type FacebookWorld, indexOfPsid, newMessageId } from './page.ts';
import { badParameter, Refusal } from './refusal.ts';
import { TEMPLATES, wordsOf } from './templates.ts';

export interface Sending {
  world: FacebookWorld;
  page: FacebookPage;
  receive: Crowd<FacebookPage>['receive'];
  /** When people of an earlier run are taken to have spoken last. */
  begun: number;
}

const WINDOW_MS = 24 * 3_600_000;

export function sendMessage(sending: Sending, params: JsonRecord): unknown {
  const { world, page, receive } = sending;
  const recipient = isRecord(params.recipient) ? asText(params.recipient.id) : '';
  if (recipient === '') throw badParameter('Param recipient must be non-empty.');
  if (!isRecord(params.message)) throw badParameter('The parameter message is required');
  const utility = typeOf(params.messaging_type);
  const content = utility ? readUtility(params.message) : readContent(params.message, looksOf(page));
  const index = personOf(sending, recipient);
  if (!utility) checkWindow(sending, index);
  if (holdMessage(world, page, index) > 0)
    throw new Refusal(613, '(#613) Calls to this api have exceeded the rate limit.');
  const messageId = newMessageId();
  receive(page, index, messageId, content);
  return { recipient_id: recipient, message_id: messageId };
}

/** Whether it is a utility message; the tags that once went around the window are gone. */
function typeOf(value: unknown): boolean {
  switch (value) {
    case 'UTILITY':
      return true;
    case 'RESPONSE':
    case 'UPDATE':
    case undefined:
      return false;
    default:
      throw badParameter('Param messaging_type must be one of {RESPONSE, UPDATE, UTILITY}');
  }
}

const looksOf = (page: FacebookPage) => ({ isAttachment: (id: string): boolean => page.attachments.has(id) });

function personOf({ world, page }: Sending, psid: string): number {
  const index = indexOfPsid(psid);
  const state = index === null || index < 0 || index >= world.people ? STRANGER : page.ledger.state(index);
  if (index === null || state === STRANGER)
    throw new Refusal(100, '(#100) No matching user found', { subcode: 2018001 });
  if (state === BLOCKED) throw new Refusal(551, "(#551) This person isn't available right now.", { subcode: 1545041 });
  return index;
}

function checkWindow({ world, page, begun }: Sending, index: number): void {
  const spoke = page.spoke.get(index) ?? begun;
  if (world.now() - spoke <= WINDOW_MS) return;
  throw new Refusal(10, '(#10) This message is sent outside of allowed window.', { subcode: 2018278 });
}

/** An approved template with all that stands in its place-holders, and nothing beside it. */
function readUtility(message: JsonRecord): Content {
  const template = isRecord(message.template) ? message.template : null;
  if (!template) throw badParameter('A utility message needs a template');
  const language = isRecord(template.language) ? asText(template.language.code) : '';
  const known = TEMPLATES.find(({ name, language: own }) => name === template.name && own === language);
  if (known?.status !== 'APPROVED') throw badParameter('Template does not exist or is not approved in this language');
  const body = asRecords(template.components).find(({ type }) => type === 'body');
  const values = asRecords(body?.parameters).map((parameter) =>
    parameter.type === 'text' ? asText(parameter.text) : '',
  );
  const text = wordsOf(known);
  if (values.length !== new Set(text.match(/\{\{\d+\}\}/g)).size || values.includes(''))
    throw badParameter('Number of parameters does not match the template');
  return {
    method: 'messages',
    text: text.replace(/\{\{(\d+)\}\}/g, (_whole, number: string) => values[Number(number) - 1] ?? ''),
    picture: null,
    buttons: [],
    links: [],
    details: message,
  };
}
