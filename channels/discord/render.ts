// Turns a fitted message into messages of Discord: text as markdown content, a picture as an embed or an upload, buttons in
// rows of five. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { type Block, layout } from '../../src/domain/layout.ts';
import type { Button, Message } from '../../src/domain/message.ts';
import { renderWithin } from '../lib/parts.ts';
import { CAPABILITIES, CONTENT_MAX, PER_ROW, ROWS_MAX } from './capabilities.ts';
import { toMarkdown } from './markdown.ts';

export interface DiscordPayload {
  body: MessageBody;
  /** A picture to be uploaded with it, by public id. */
  upload?: { media: string; description: string };
}

export interface MessageBody {
  content?: string;
  embeds?: [{ image: { url: string } }];
  components?: ActionRow[];
  /** Nobody is pinged by whatever a text happens to hold. */
  allowed_mentions: { parse: [] };
  flags?: number;
}
interface ActionRow {
  type: 1;
  components: DiscordButton[];
}
export type DiscordButton = { type: 2; label: string } & (
  | { style: 5; url: string }
  | { style: 1 | 2; custom_id: string }
);

const SUPPRESS_EMBEDS = 4;
const DESCRIPTION_MAX = 1024;

export const render = (message: Message, links: RenderLinks): DiscordPayload[] =>
  layout(message, CAPABILITIES).flatMap((block) => renderBlock(block, links));

function renderBlock(block: Block, links: RenderLinks): DiscordPayload[] {
  const components = renderRows(block.rows, links);
  const text = block.kind === 'text' ? block.text : block.caption;
  const contents = renderWithin(text, CONTENT_MAX, (part) => toMarkdown(part, links)).filter(
    (part) => part.trim() !== '',
  );
  const texts = contents.map((content): DiscordPayload => ({
    // Each person's links are their own: a preview would have the platform fetch every one of them.
    body: { content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS },
  }));
  if (block.kind === 'text') return withButtons(texts, components);
  // The picture carries the first part of its words; the buttons stand under the last.
  const [first, ...rest] = texts;
  return withButtons([renderPicture(block, links, first?.body.content), ...rest], components);
}

function renderPicture(
  { source, alt }: Block & { kind: 'image' },
  links: RenderLinks,
  content: string | undefined,
): DiscordPayload {
  const { url, media } = links.image(source);
  const words = content === undefined ? {} : { content };
  const body: MessageBody = { ...words, allowed_mentions: { parse: [] } };
  // An address the platform cannot fetch leaves an empty place and no error: what we have ourselves is then uploaded.
  if (media !== null && !/^https:/i.test(url ?? ''))
    return { body, upload: { media, description: alt.slice(0, DESCRIPTION_MAX) } };
  return { body: { ...body, embeds: [{ image: { url: url ?? source } }] } };
}

function withButtons(payloads: DiscordPayload[], components: ActionRow[]): DiscordPayload[] {
  const last = payloads.at(-1);
  if (last && components.length > 0) last.body.components = components;
  return payloads;
}

function renderRows(rows: readonly (readonly Button[])[], links: RenderLinks): ActionRow[] {
  const kept = rows
    .map((row) => row.flatMap((button) => renderButton(button, links) ?? []))
    .filter((row) => row.length > 0);
  // No more than five rows: where there are more, they are filled up.
  const fitting = kept.length <= ROWS_MAX ? kept : chunk(kept.flat(), PER_ROW);
  return fitting.map((components) => ({ type: 1, components }));
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, row) => items.slice(row * size, (row + 1) * size));
}

function renderButton(button: Button, links: RenderLinks): DiscordButton | null {
  const { url, token } = links.button(button.id);
  const { label } = button;
  switch (button.kind) {
    case 'message':
      return token === undefined ? null : { type: 2, style: 2, label, custom_id: token };
    case 'link':
      return { type: 2, style: 5, label, url: url ?? button.url };
    case 'buy':
      return url === undefined ? null : { type: 2, style: 5, label, url };
    case 'contact':
      return null;
    default:
      return button satisfies never;
  }
}
