// Turns a fitted message into messages of a community: plain text, perhaps a photo attached, a keyboard inside. Pure.
import type { Payload, RenderLinks } from '../../src/domain/channel.ts';
import { type Block, layout } from '../../src/domain/layout.ts';
import type { Button, Message } from '../../src/domain/message.ts';
import { plainRuns } from '../lib/plain.ts';
import { CAPABILITIES, ROWS_MAX } from './capabilities.ts';

/** Where a photo comes from: an address we fetch, or an upload by public id. The platform takes neither itself. */
export type Photo = { url: string } | { media: string };

/** One message, all but the person it goes to and the photo's final form. */
export interface VkPayload extends Payload {
  message: string;
  photo?: Photo;
  /** JSON in a text, as the platform wants it. */
  keyboard?: string;
}

export const render = (message: Message, links: RenderLinks): VkPayload[] =>
  layout(message, CAPABILITIES).flatMap((block) => renderBlock(block, links) ?? []);

function renderBlock(block: Block, links: RenderLinks): VkPayload | null {
  const text = plainRuns(block.kind === 'text' ? block.text : block.caption, links).trim();
  const photo = block.kind === 'image' ? photoOf(block.source, links) : null;
  if (text === '' && !photo) return null;
  const keyboard = renderKeyboard(block.rows, links);
  return { message: text, ...(photo ? { photo } : {}), ...(keyboard ? { keyboard } : {}) };
}

function photoOf(source: string, links: RenderLinks): Photo | null {
  const { media, url } = links.image(source);
  if (media !== null) return { media };
  return url === null ? null : { url };
}

interface KeyboardButton {
  action: Readonly<Record<string, string>>;
  color?: 'primary' | 'secondary';
}

function renderKeyboard(rows: readonly (readonly Button[])[], links: RenderLinks): string | null {
  const shown = rows
    .map((row) => row.map((button) => renderButton(button, links)).filter((button) => button !== null))
    .filter((row) => row.length > 0);
  if (shown.length === 0) return null;
  return JSON.stringify({ inline: true, buttons: shown.length > ROWS_MAX ? pack(shown.flat()) : shown });
}

/** Too many rows: as few as the width allows. */
function pack(buttons: readonly KeyboardButton[]): KeyboardButton[][] {
  const { perRow } = CAPABILITIES.buttons;
  return Array.from({ length: Math.ceil(buttons.length / perRow) }, (_, row) =>
    buttons.slice(row * perRow, (row + 1) * perRow),
  );
}

function renderButton(button: Button, links: RenderLinks): KeyboardButton | null {
  const { url, token } = links.button(button.id);
  const { label } = button;
  switch (button.kind) {
    case 'message':
      return token === undefined
        ? null
        : { action: { type: 'text', label, payload: JSON.stringify({ t: token }) }, color: 'secondary' };
    case 'link':
      return { action: { type: 'open_link', link: url ?? button.url, label } };
    case 'buy':
      return url === undefined ? null : { action: { type: 'open_link', link: url, label } };
    case 'contact':
      return null;
    default:
      return button satisfies never;
  }
}
