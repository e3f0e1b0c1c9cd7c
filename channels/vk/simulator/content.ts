// Checks of what a message may hold, with the platform's own codes for each refusal.
import { isRecord, parseJson } from '../../lib/json.ts';
import type { Content, ReceivedButton } from '../../lib/simulator/world.ts';
import type { Community } from './bot.ts';
import { badParameter, Refusal } from './refusal.ts';

const TEXT_MAX = 4096;
const LABEL_MAX = 40;
const PAYLOAD_MAX = 255;
const COLUMNS = 5;
const INLINE = { rows: 6, buttons: 10 };
const BELOW = { rows: 10, buttons: 40 };
const COLORS = new Set(['primary', 'secondary', 'negative', 'positive']);
const ACTIONS = new Set(['text', 'callback', 'open_link', 'location', 'vkpay', 'open_app', 'open_photo']);

/** Parameters as they come by a form or by a script. */
export type Params = Readonly<Record<string, unknown>>;

export const textParam = (params: Params, name: string): string => {
  const value = params[name];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw badParameter(`${name} is invalid`);
};

export function checkContent(bot: Community, params: Params): Content {
  const text = textParam(params, 'message');
  const attachment = textParam(params, 'attachment');
  if (text === '' && attachment === '') throw badParameter('message is empty or invalid');
  if (text.length > TEXT_MAX) throw new Refusal(914, 'Message is too long');
  for (const photo of attachment === '' ? [] : attachment.split(',')) {
    if (!bot.photos.has(photo)) throw badParameter('attachment is invalid');
  }
  const keyboard = textParam(params, 'keyboard');
  return {
    method: 'messages.send',
    text,
    picture: attachment || null,
    buttons: keyboard === '' ? [] : checkKeyboard(keyboard),
    links: text.match(/https?:\/\/\S+/g) ?? [],
    details: {
      ...(keyboard === '' ? {} : { keyboard: parseJson(keyboard) }),
      dont_parse_links: textParam(params, 'dont_parse_links') === '1',
    },
  };
}

const invalid = (why: string): Refusal => new Refusal(911, `Keyboard format is invalid: ${why}`);

function checkKeyboard(text: string): ReceivedButton[][] {
  const keyboard = parseJson(text);
  if (!isRecord(keyboard) || !Array.isArray(keyboard.buttons)) throw invalid('buttons are required');
  const { inline = false, one_time: oneTime, buttons } = keyboard;
  if (typeof inline !== 'boolean') throw invalid('inline');
  if (inline && oneTime !== undefined) throw invalid('one_time does not go with inline');
  const limit = inline ? INLINE : BELOW;
  if (buttons.length > limit.rows) throw invalid('too many rows');
  const rows = buttons.map((row: unknown) => {
    if (!Array.isArray(row) || row.length === 0) throw invalid('a row is a list of buttons');
    if (row.length > COLUMNS) throw invalid('too many buttons in a row');
    return row.map(checkButton);
  });
  if (rows.flat().length > limit.buttons) throw invalid('too many buttons');
  return rows;
}

function checkButton(button: unknown): ReceivedButton {
  if (!isRecord(button) || !isRecord(button.action)) throw invalid('a button has an action');
  const { color } = button;
  const { type, label, payload, link } = button.action;
  if (typeof type !== 'string' || !ACTIONS.has(type)) throw invalid('unknown type of action');
  if (color !== undefined && (typeof color !== 'string' || !COLORS.has(color))) throw invalid('unknown color');
  if (color !== undefined && type !== 'text' && type !== 'callback')
    throw invalid('color goes with text and callback only');
  if (payload !== undefined) {
    const sound = typeof payload === 'string' && payload.length <= PAYLOAD_MAX && parseJson(payload) !== undefined;
    if (!sound) throw invalid('payload is JSON of at most 255 characters');
  }
  if (type !== 'text' && type !== 'callback' && type !== 'open_link') return { label: type };
  if (typeof label !== 'string' || label === '' || [...label].length > LABEL_MAX) throw invalid('label');
  if (type !== 'open_link') return { label, data: typeof payload === 'string' ? payload : '' };
  if (typeof link !== 'string' || !URL.canParse(link) || !/^https?:/.test(link)) throw invalid('link');
  return { label, url: link };
}
