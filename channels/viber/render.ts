// Turns a fitted message into messages of the bot API, built by the library's classes. All buttons of a message make one
// keyboard under its last part, since the app shows only the newest. Pure.
import PictureMessage from 'viber-bot/lib/message/picture-message.js';
import TextMessage from 'viber-bot/lib/message/text-message.js';
import type { Payload, RenderLinks } from '../../src/domain/channel.ts';
import { type Block, layout } from '../../src/domain/layout.ts';
import type { Button, Message } from '../../src/domain/message.ts';
import { plainRuns } from '../lib/plain.ts';
import { CAPABILITIES } from './capabilities.ts';
import { CONTACT, PRESS_PREFIX } from './marks.ts';

const COLUMNS = 6;
/** Apps from this version of the API on can share a phone number. */
const SHARE_PHONE_VERSION = 3;

export function render(message: Message, links: RenderLinks): Payload[] {
  const blocks = layout(message, CAPABILITIES);
  const rows = blocks.flatMap((block) => block.rows);
  const parts = blocks.flatMap((block) => readBlock(block, links) ?? []);
  return parts.map((part, index) => toPayload(part, index === parts.length - 1 ? rows : [], links));
}

interface Part {
  text: string;
  picture: string | null;
}

function readBlock(block: Block, links: RenderLinks): Part | null {
  switch (block.kind) {
    case 'text': {
      const text = plainRuns(block.text, links).trim();
      return text === '' ? null : { text, picture: null };
    }
    case 'image': {
      const text = plainRuns(block.caption, links).trim();
      const picture = pictureOf(block.source, links);
      // What cannot be fetched cannot be shown; its words still are.
      return picture === null && text === '' ? null : { text, picture };
    }
    default:
      return block satisfies never;
  }
}

/** The platform looks at the ending of an address: our own pictures have none, and are served under any. */
function pictureOf(source: string, links: RenderLinks): string | null {
  const { url, media } = links.image(source);
  return url !== null && media !== null ? `${url}.jpg` : url;
}

function toPayload({ text, picture }: Part, rows: readonly (readonly Button[])[], links: RenderLinks): Payload {
  const buttons = rows.flatMap((row) => renderRow(row, links));
  const keyboard = buttons.length > 0 ? { Type: 'keyboard', DefaultHeight: false, Buttons: buttons } : null;
  const asksPhone = rows.flat().some(({ kind }) => kind === 'contact');
  const version = asksPhone ? SHARE_PHONE_VERSION : 1;
  const built: TextMessage | PictureMessage =
    picture === null
      ? new TextMessage(text, keyboard, null, null, null, version)
      : new PictureMessage(picture, text, null, keyboard, null, null, null, version);
  return {
    // The library writes null for words and thumbnails that are not there; the platform wants a text, or nothing.
    ...Object.fromEntries(Object.entries(built.toJson()).filter(([, value]) => value !== null)),
    text,
    min_api_version: built.minApiVersion,
    ...(asksPhone ? { tracking_data: CONTACT } : {}),
    ...(built.keyboard ? { keyboard: built.keyboard } : {}),
  };
}

/** Buttons of a row fill its six columns, so that the next one begins a new row. */
function renderRow(row: readonly Button[], links: RenderLinks): Payload[] {
  const shown = row.map((button) => renderButton(button, links)).filter((button) => button !== null);
  const width = Math.floor(COLUMNS / Math.max(1, shown.length));
  return shown.map((button, index) => ({
    Columns: index === 0 ? COLUMNS - width * (shown.length - 1) : width,
    Rows: 1,
    TextSize: 'regular',
    ...button,
  }));
}

function renderButton(button: Button, links: RenderLinks): Payload | null {
  const { url, token } = links.button(button.id);
  const Text = escapeTags(button.label);
  switch (button.kind) {
    case 'message':
      return token === undefined ? null : { ActionType: 'reply', ActionBody: PRESS_PREFIX + token, Text };
    case 'link':
      return openAddress(url ?? button.url, Text);
    case 'buy':
      return url === undefined ? null : openAddress(url, Text);
    case 'contact':
      return { ActionType: 'share-phone', ActionBody: CONTACT, Text };
    default:
      return button satisfies never;
  }
}

/** The app tells the bot the address that was opened, as a message. Silent: not shown in the chat, and marked so. */
const openAddress = (url: string, Text: string): Payload => ({
  ActionType: 'open-url',
  ActionBody: url,
  Text,
  Silent: true,
});

/** Labels are read as HTML: what would be read as a tag or an entity is written out. */
const escapeTags = (label: string): string => label.replaceAll(/&(?=#?\w+;)/g, '&amp;').replaceAll('<', '&lt;');
