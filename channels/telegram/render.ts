// Turns a fitted message into Bot API calls. Formatting goes as entities (UTF-16 offsets) and not as HTML, so that no
// text a person wrote or a variable brought in can ever break or change the markup. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { type Block, layout } from '../../src/domain/layout.ts';
import type { Button, Message, RichText, Run } from '../../src/domain/message.ts';
import { CAPABILITIES } from './capabilities.ts';
import type { InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyKeyboardMarkup } from 'grammy/types';

/** Where a picture comes from: an address the platform fetches, or an upload by public id. */
export type Photo = { url: string } | { media: string };

/** One call: its method and its parameters, all but the person it goes to and the picture's final form. */
export type TelegramPayload =
  | { method: 'sendMessage'; body: TextBody }
  | { method: 'sendPhoto'; photo: Photo; body: PhotoBody };

/** One of the two; a message carries no more. */
export type Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup;

export interface TextBody {
  text: string;
  entities?: MessageEntity[];
  link_preview_options: { is_disabled: true };
  reply_markup?: Markup;
  allow_paid_broadcast?: true;
}
export interface PhotoBody {
  caption?: string;
  caption_entities?: MessageEntity[];
  reply_markup?: Markup;
  allow_paid_broadcast?: true;
}

export function render(message: Message, links: RenderLinks, choices: readonly string[]): TelegramPayload[] {
  const payloads = layout(message, CAPABILITIES).flatMap((block) => renderBlock(block, links));
  return choices.includes(PAID) ? payloads.map(paid) : payloads;
}

/** Chosen by the author: what goes out beyond the free pace costs Stars. */
const PAID = 'paid';

const paid = (payload: TelegramPayload): TelegramPayload =>
  payload.method === 'sendMessage'
    ? { ...payload, body: { ...payload.body, allow_paid_broadcast: true } }
    : { ...payload, body: { ...payload.body, allow_paid_broadcast: true } };

/** Buttons that share the phone number are another kind of keyboard: beside others they follow in a message of their own. */
function renderBlock(block: Block, links: RenderLinks): TelegramPayload[] {
  const inline = renderInline(block.rows, links);
  const sharing = renderSharing(block.rows);
  const payload = renderContent(block, inline ?? sharing, links);
  if (!payload) return [];
  return inline && sharing ? [payload, askFor(sharing)] : [payload];
}

function renderContent(block: Block, markup: Markup | null, links: RenderLinks): TelegramPayload | null {
  const keyboard = markup ? { reply_markup: markup } : {};
  switch (block.kind) {
    case 'text': {
      const { text, entities } = renderText(block.text, links);
      if (text === '') return null;
      return {
        method: 'sendMessage',
        body: {
          text,
          ...(entities.length > 0 ? { entities } : {}),
          // Each person's links are their own: a preview would have the platform fetch every one of them.
          link_preview_options: { is_disabled: true },
          ...keyboard,
        },
      };
    }
    case 'image': {
      const photo = renderPhoto(block.source, links);
      if (!photo) return null;
      const { text, entities } = renderText(block.caption, links);
      return {
        method: 'sendPhoto',
        photo,
        body: {
          ...(text === '' ? {} : { caption: text }),
          ...(entities.length > 0 ? { caption_entities: entities } : {}),
          ...keyboard,
        },
      };
    }
    default:
      return block satisfies never;
  }
}

function renderPhoto(source: string, links: RenderLinks): Photo | null {
  const { media, url } = links.image(source);
  // An upload works without a public address, and is made once per bot.
  if (media !== null) return { media };
  return url === null ? null : { url };
}

type Rows = readonly (readonly Button[])[];

function renderInline(rows: Rows, links: RenderLinks): InlineKeyboardMarkup | null {
  const keyboard = rows
    .map((row) => row.flatMap((button) => renderButton(button, links) ?? []))
    .filter((row) => row.length > 0);
  return keyboard.length > 0 ? { inline_keyboard: keyboard } : null;
}

/** It goes away once it was pressed. */
function renderSharing(rows: Rows): ReplyKeyboardMarkup | null {
  const keyboard = rows
    .map((row) => row.flatMap(({ kind, label }) => (kind === 'contact' ? { text: label, request_contact: true } : [])))
    .filter((row) => row.length > 0);
  return keyboard.length > 0 ? { keyboard, one_time_keyboard: true, resize_keyboard: true } : null;
}

/** No message goes without words: the button's own will do. */
function askFor(sharing: ReplyKeyboardMarkup): TelegramPayload {
  const [first] = sharing.keyboard.flat();
  const text = typeof first === 'string' ? first : (first?.text ?? '');
  return { method: 'sendMessage', body: { text, link_preview_options: { is_disabled: true }, reply_markup: sharing } };
}

function renderButton(button: Button, links: RenderLinks): InlineKeyboardButton | null {
  const { url, token } = links.button(button.id);
  switch (button.kind) {
    case 'message':
      return token === undefined ? null : { text: button.label, callback_data: token };
    case 'link':
      return { text: button.label, url: dialable(url ?? button.url) };
    case 'buy':
      return url === undefined ? null : { text: button.label, url: dialable(url) };
    case 'contact':
      // Not of this keyboard.
      return null;
    default:
      return button satisfies never;
  }
}

/** The platform takes no host without a dot: on a machine without a public address links lead to its loopback address. */
const dialable = (url: string): string => url.replace(/^(https?:\/\/)localhost(?=[:/?#]|$)/i, '$1127.0.0.1');

const STYLES = [
  ['bold', 'bold'],
  ['italic', 'italic'],
  ['underline', 'underline'],
  ['strike', 'strikethrough'],
] as const;

function renderText(text: RichText, links: RenderLinks): { text: string; entities: MessageEntity[] } {
  const runs = trim(text);
  const entities: MessageEntity[] = [];
  let offset = 0;
  for (const run of runs) {
    for (const entity of entitiesOf(run, links)) append(entities, { ...entity, offset, length: run.text.length });
    offset += run.text.length;
  }
  return { text: runs.map((run) => run.text).join(''), entities };
}

type Kind = { type: 'bold' | 'italic' | 'underline' | 'strikethrough' | 'code' } | { type: 'text_link'; url: string };

function entitiesOf(run: Run, links: RenderLinks): Kind[] {
  // The platform lets nothing overlap with code.
  if (run.code) return [{ type: 'code' }];
  const styles = STYLES.filter(([style]) => run[style]).map(([, type]): Kind => ({ type }));
  return run.link === undefined ? styles : [...styles, { type: 'text_link', url: dialable(links.inline(run.link)) }];
}

/** Neighbouring runs of one kind become one entity: a message may carry only about a hundred. */
function append(entities: MessageEntity[], next: MessageEntity): void {
  const before = entities.findLast((entity) => entity.type === next.type);
  const sameLink = before?.type !== 'text_link' || (next.type === 'text_link' && before.url === next.url);
  if (before && sameLink && before.offset + before.length === next.offset) before.length += next.length;
  else entities.push(next);
}

/** The platform cuts white space off both ends; doing it here keeps the offsets right. */
function trim(text: RichText): RichText {
  const runs = text.filter((run) => run.text !== '').map((run) => ({ ...run }));
  for (let first = runs[0]; first; first = runs[0]) {
    first.text = first.text.trimStart();
    if (first.text !== '') break;
    runs.shift();
  }
  for (let last = runs.at(-1); last; last = runs.at(-1)) {
    last.text = last.text.trimEnd();
    if (last.text !== '') break;
    runs.pop();
  }
  return runs;
}
