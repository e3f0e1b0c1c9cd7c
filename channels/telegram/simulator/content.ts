// Checks of what a message may hold, with the platform's own words for each refusal.
import { isRecord } from '../../lib/json.ts';
import { badRequest } from './refusal.ts';

const TEXT_LIMIT = 4096;
const CAPTION_LIMIT = 1024;
const CALLBACK_BYTES = 64;
/** Observed, not documented: README.md of this folder's channel. */
const MAX_BUTTONS = 100;
const MAX_IN_ROW = 8;

export function checkText(text: string): void {
  if (text === '') throw badRequest('message text is empty');
  if (text.trim() === '') throw badRequest('text must be non-empty');
  if (text.length > TEXT_LIMIT) throw badRequest('message is too long');
}

export function checkCaption(caption: string): void {
  if (caption.length > CAPTION_LIMIT) throw badRequest('message caption is too long');
}

const ENTITY_TYPES = new Set([
  'mention',
  'hashtag',
  'cashtag',
  'bot_command',
  'url',
  'email',
  'phone_number',
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
  'pre',
  'text_link',
  'text_mention',
  'custom_emoji',
]);

export interface Entity {
  type: string;
  offset: number;
  length: number;
  url?: string;
}

/** Offsets and lengths count UTF-16 units and must not cut a character in two. */
export function checkEntities(entities: unknown, text: string): Entity[] {
  if (entities === null) return [];
  if (!Array.isArray(entities)) throw badRequest("can't parse entities: expected an Array of MessageEntity");
  return entities.map((entity: unknown) => {
    if (!isRecord(entity)) throw badRequest("can't parse MessageEntity: expected an Object");
    const { type, offset, length, url } = entity;
    if (typeof type !== 'string' || !ENTITY_TYPES.has(type))
      throw badRequest("can't parse MessageEntity: Unsupported type specified");
    if (!isCount(offset)) throw badRequest(`receive an entity with incorrect offset ${String(offset)}`);
    if (!isCount(length) || length === 0) {
      throw badRequest(`receive an entity with incorrect length ${String(length)}`);
    }
    if (offset > text.length) throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`);
    if (offset + length > text.length) {
      throw badRequest(
        `entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${offset + length}`,
      );
    }
    if (cutsCharacter(text, offset))
      throw badRequest(`entity begins in a middle of a UTF-16 symbol at byte offset ${offset}`);
    if (cutsCharacter(text, offset + length)) {
      throw badRequest(
        `entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${offset + length}`,
      );
    }
    if (type !== 'text_link') return { type, offset, length };
    if (typeof url !== 'string') throw badRequest('can\'t parse MessageEntity: Can\'t find field "url"');
    const wrong = urlFault(url);
    if (wrong) throw badRequest(`entity URL '${url}' is invalid: ${wrong}`);
    return { type, offset, length, url };
  });
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const cutsCharacter = (text: string, at: number): boolean =>
  (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;

export interface KeyboardButton {
  text: string;
  url?: string;
  callback_data?: string;
  request_contact?: true;
}

const ACTIONS = [
  'url',
  'callback_data',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'copy_text',
  'callback_game',
  'pay',
];

/** The inline or the reply keyboard of `reply_markup`; other kinds of markup show nothing and are let pass. */
export function checkKeyboard(markup: unknown): KeyboardButton[][] {
  if (markup === null) return [];
  if (!isRecord(markup)) throw badRequest('object expected as reply markup');
  if (markup.inline_keyboard !== undefined) return checkRows('inline_keyboard', markup.inline_keyboard, checkButton);
  return markup.keyboard === undefined ? [] : checkRows('keyboard', markup.keyboard, checkReplyButton);
}

function checkRows(field: string, rows: unknown, check: (button: unknown) => KeyboardButton): KeyboardButton[][] {
  if (!Array.isArray(rows)) throw badRequest(`field "${field}" must be of type Array`);
  const keyboard = rows.map((row: unknown) => {
    if (!Array.isArray(row)) throw badRequest(`field "${field}" must be an Array of Arrays`);
    if (row.length > MAX_IN_ROW) throw badRequest('reply markup is too long');
    return row.map(check);
  });
  if (keyboard.flat().length > MAX_BUTTONS) throw badRequest('reply markup is too long');
  return keyboard;
}

/** A button of the keyboard below the chat: it says its text, or shares the phone number. */
function checkReplyButton(button: unknown): KeyboardButton {
  const fault = (why: string) => badRequest(`can't parse keyboard button: ${why}`);
  if (typeof button === 'string') return { text: button };
  if (!isRecord(button)) throw fault('KeyboardButton must be an Object');
  const { text, request_contact: contact } = button;
  if (typeof text !== 'string') throw fault('Field "text" must be of type String');
  if (text.trim() === '') throw badRequest('keyboard button text must be non-empty');
  if (contact !== undefined && typeof contact !== 'boolean')
    throw fault('Field "request_contact" must be of type Boolean');
  return contact === true ? { text, request_contact: true } : { text };
}

function checkButton(button: unknown): KeyboardButton {
  const fault = (why: string) => badRequest(`can't parse inline keyboard button: ${why}`);
  if (!isRecord(button)) throw fault('InlineKeyboardButton must be an Object');
  const { text, url, callback_data: data } = button;
  if (text === undefined) throw fault('Can\'t find field "text"');
  if (typeof text !== 'string') throw fault('Field "text" must be of type String');
  if (text.trim() === '') throw badRequest('inline keyboard button text must be non-empty');
  const actions = ACTIONS.filter((name) => button[name] !== undefined && button[name] !== '');
  if (actions.length === 0) throw fault('Text buttons are unallowed in the inline keyboard');
  if (actions.length > 1) throw fault('exactly one of the optional fields must be used');
  if (url !== undefined) {
    if (typeof url !== 'string') throw fault('Field "url" must be of type String');
    const wrong = urlFault(url);
    if (wrong) throw badRequest(`inline keyboard button URL '${url}' is invalid: ${wrong}`);
    return { text, url };
  }
  if (data === undefined) return { text };
  if (typeof data !== 'string') throw fault('Field "callback_data" must be of type String');
  if (Buffer.byteLength(data) > CALLBACK_BYTES) throw badRequest('BUTTON_DATA_INVALID');
  return { text, callback_data: data };
}

/** Why an address cannot be opened; null when it can. A host must have a dot, so `localhost` is none. */
export function urlFault(text: string): string | null {
  if (text === '') return 'URL host is empty';
  if (!URL.canParse(text)) return 'Wrong HTTP URL';
  const { protocol, hostname } = new URL(text);
  if (!['http:', 'https:', 'tg:'].includes(protocol)) return 'Unsupported URL protocol';
  return protocol === 'tg:' || hostname.includes('.') || hostname.startsWith('[') ? null : 'Wrong HTTP URL';
}
