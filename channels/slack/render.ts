// Turns a fitted message into messages of Block Kit blocks. Text goes as rich text elements and not as mrkdwn, so that
// nothing a person wrote or a variable brought in can break or add formatting. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { type Block, layout } from '../../src/domain/layout.ts';
import { type Button, type Message, plainText, type RichText, type Run } from '../../src/domain/message.ts';
import { truncate } from '../../src/domain/split.ts';
import { pack } from '../lib/pack.ts';
import { ALT_TEXT_MAX, BLOCKS_MAX, CAPABILITIES } from './capabilities.ts';

/** One message, all but the person it goes to. */
export interface SlackPayload {
  blocks: SlackBlock[];
  /** What notifications and screen readers get; mrkdwn, so it is escaped. */
  text: string;
  /** Each person's links are their own: a preview would have the platform fetch every one of them. */
  unfurl_links: false;
  unfurl_media: false;
  /** A picture of somebody else's that the platform cannot fetch; never sent. */
  unfetchable?: string;
}

export type SlackBlock =
  | { type: 'rich_text'; elements: [{ type: 'rich_text_section'; elements: TextElement[] }] }
  | { type: 'image'; image_url: string; alt_text: string }
  /** Public id of a picture of ours: it is uploaded, and its file's id takes the place. */
  | { type: 'image'; media: string; alt_text: string }
  | { type: 'actions'; elements: SlackButton[] };

export type TextElement = { style?: Style } & (
  | { type: 'text'; text: string }
  | { type: 'link'; url: string; text: string }
);
type Style = Partial<Record<(typeof STYLES)[number], true>>;
export type SlackButton = {
  type: 'button';
  text: { type: 'plain_text'; text: string };
  action_id: string;
  style?: 'primary';
} & ({ url: string } | { value: string });

const STYLES = ['bold', 'italic', 'underline', 'strike', 'code'] as const;

export function render(message: Message, links: RenderLinks): SlackPayload[] {
  const pieces = layout(message, CAPABILITIES).map((block) => renderBlock(block, links));
  const limits = { count: BLOCKS_MAX, length: CAPABILITIES.textLimit };
  // One message may hold it all, and one a second is the pace of a conversation.
  const messages = pack(
    pieces.filter(({ blocks, unfetchable }) => blocks.length > 0 || unfetchable !== undefined),
    limits,
    ({ blocks, words }) => ({ count: blocks.length, length: words.length }),
  );
  const payloads = messages.map((parts): SlackPayload => ({
    blocks: parts.flatMap(({ blocks }) => blocks),
    text: escape(parts.map(({ words, alt }) => words || alt).join('\n')),
    unfurl_links: false,
    unfurl_media: false,
  }));
  const unfetchable = pieces.find((piece) => piece.unfetchable !== undefined)?.unfetchable;
  // Told with the first message, so that nothing goes out before it is refused.
  return payloads.map((payload, index) =>
    index === 0 && unfetchable !== undefined ? { ...payload, unfetchable } : payload,
  );
}

/** The three characters that mean something in mrkdwn. */
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

interface Piece {
  blocks: SlackBlock[];
  words: string;
  alt: string;
  unfetchable?: string;
}

function renderBlock(block: Block, links: RenderLinks): Piece {
  const rows = block.rows
    .map((row) => row.flatMap((button) => renderButton(button, links) ?? []))
    .filter((row) => row.length > 0)
    .map((elements): SlackBlock => ({ type: 'actions', elements }));
  const text = block.kind === 'text' ? block.text : block.caption;
  const words = plainText(text);
  const written = renderText(text, links);
  if (block.kind === 'text') return { blocks: [...written, ...rows], words, alt: '' };
  const { url, media } = links.image(block.source);
  const alt = truncate(block.alt.trim() || words.trim() || '…', ALT_TEXT_MAX, 'utf16');
  const shown = (picture: SlackBlock): Piece => ({ blocks: [picture, ...written, ...rows], words, alt });
  if (url !== null && /^https:/i.test(url)) return shown({ type: 'image', image_url: url, alt_text: alt });
  if (media !== null) return shown({ type: 'image', media, alt_text: alt });
  return { blocks: [...written, ...rows], words, alt, unfetchable: block.source };
}

function renderText(text: RichText, links: RenderLinks): SlackBlock[] {
  const elements = text.filter((run) => run.text !== '').map((run) => renderRun(run, links));
  return elements.length === 0 ? [] : [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }];
}

function renderRun(run: Run, links: RenderLinks): TextElement {
  const styles = STYLES.filter((style) => run[style]);
  const style = styles.length === 0 ? {} : { style: Object.fromEntries(styles.map((name) => [name, true])) as Style };
  return run.link === undefined
    ? { type: 'text', text: run.text, ...style }
    : { type: 'link', url: links.inline(run.link), text: run.text, ...style };
}

function renderButton(button: Button, links: RenderLinks): SlackButton | null {
  const { url, token } = links.button(button.id);
  const face = { type: 'button', text: { type: 'plain_text', text: button.label }, action_id: button.id } as const;
  switch (button.kind) {
    case 'message':
      return token === undefined ? null : { ...face, value: token };
    case 'link':
      return { ...face, url: url ?? button.url };
    case 'buy':
      return url === undefined ? null : { ...face, style: 'primary', url };
    case 'contact':
      return null;
    default:
      return button satisfies never;
  }
}
