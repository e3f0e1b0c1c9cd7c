// Turns a fitted message into activities: a bare line as a plain text, everything else as an Adaptive Card, whose text runs
// carry their formatting as values, so that nothing a person wrote can break or add any. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { type Block, layout } from '../../src/domain/layout.ts';
import { type Button, type Message, plainText, type RichText, type Run } from '../../src/domain/message.ts';
import { truncate } from '../../src/domain/split.ts';
import { partsWithin } from '../lib/parts.ts';
import { CAPABILITIES, TEXT_JSON_MAX } from './capabilities.ts';

export interface TeamsPayload {
  activity: Activity;
  /** Public id of a picture of ours that has no public address: its bytes go with the activity. */
  media?: string;
  /** A picture of somebody else's that the platform cannot fetch; never sent. */
  unfetchable?: string;
}

export type Activity =
  | { type: 'message'; textFormat: 'plain'; text: string }
  | {
      type: 'message';
      /** What notifications show. */
      summary: string;
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive'; content: Card }];
    }
  | { type: 'message'; summary: string };
export interface Card {
  type: 'AdaptiveCard';
  $schema: string;
  version: string;
  body: CardElement[];
}
export type CardElement =
  | { type: 'RichTextBlock'; inlines: TextRun[]; spacing: 'None' | 'Default' }
  | { type: 'Image'; url: string; altText: string }
  | { type: 'ActionSet'; actions: CardAction[] };
interface TextRun {
  type: 'TextRun';
  text: string;
  weight?: 'Bolder';
  italic?: true;
  underline?: true;
  strikethrough?: true;
  fontType?: 'Monospace';
  selectAction?: { type: 'Action.OpenUrl'; url: string };
}
export type CardAction = { title: string; style?: 'positive' } & (
  | { type: 'Action.OpenUrl'; url: string }
  | { type: 'Action.Submit'; data: { token: string } }
);

const SCHEMA = 'http://adaptivecards.io/schemas/adaptive-card.json';
/** What Teams knows on every kind of device. */
const VERSION = '1.4';
const SUMMARY_MAX = 200;

export const render = (message: Message, links: RenderLinks): TeamsPayload[] =>
  layout(message, CAPABILITIES).flatMap((block) => renderBlock(block, links));

function renderBlock(block: Block, links: RenderLinks): TeamsPayload[] {
  const rows = block.rows
    .map((row) => row.flatMap((button) => renderButton(button, links) ?? []))
    .filter((row) => row.length > 0)
    .map((actions): CardElement => ({ type: 'ActionSet', actions }));
  const text = block.kind === 'text' ? block.text : block.caption;
  const picture = block.kind === 'image' ? renderPicture(block, links) : null;
  const alone = picture?.media === undefined ? [] : [inline(picture.media, block.kind === 'image' ? block.alt : '')];
  const parts = partsWithin(text, TEXT_JSON_MAX, (part) => JSON.stringify(renderText(part, links)).length);
  const cards = parts.flatMap((part, index): TeamsPayload[] => {
    const last = index === parts.length - 1;
    const body = [
      ...(index === 0 && picture?.element ? [picture.element] : []),
      ...renderText(part, links),
      ...(last ? rows : []),
    ];
    const unfetchable = index === 0 && picture?.unfetchable !== undefined ? { unfetchable: picture.unfetchable } : {};
    const words = plainText(part);
    // What becomes of a line break in a plain text differs from device to device.
    const bare = block.kind === 'text' && part.every(isPlain) && !/[\r\n]/.test(words);
    const plain = bare && !(last && rows.length > 0);
    if (plain) return [{ activity: { type: 'message', textFormat: 'plain', text: words } }];
    if (body.length === 0 && (picture === null || alone.length > 0)) return [];
    return [{ activity: withCard(body, words.trim() || (block.kind === 'image' ? block.alt : '')), ...unfetchable }];
  });
  return [...alone, ...cards];
}

/** A message of its own: cards show pictures by address only. */
const inline = (media: string, alt: string): TeamsPayload => ({
  activity: { type: 'message', summary: truncate(alt, SUMMARY_MAX, 'utf16') },
  media,
});

const isPlain = ({ text: _text, ...style }: Run): boolean => Object.values(style).every((value) => !value);

const withCard = (body: CardElement[], words: string): Activity => ({
  type: 'message',
  summary: truncate(words, SUMMARY_MAX, 'utf16'),
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: { type: 'AdaptiveCard', $schema: SCHEMA, version: VERSION, body },
    },
  ],
});

/** A card fetches pictures over https and nothing else; ours can go by themselves. */
function renderPicture(
  { source, alt }: Block & { kind: 'image' },
  links: RenderLinks,
): { element?: CardElement; media?: string; unfetchable?: string } {
  const { url, media } = links.image(source);
  if (url !== null && /^https:/i.test(url)) return { element: { type: 'Image', url, altText: alt } };
  return media === null ? { unfetchable: source } : { media };
}

/** One block for each line: a line break inside of a run is not shown on every device. */
function renderText(text: RichText, links: RenderLinks): CardElement[] {
  const blocks: CardElement[] = [];
  let afterGap = true;
  for (const line of linesOf(text)) {
    const inlines = line.filter((run) => run.text !== '').map((run) => renderRun(run, links));
    if (inlines.some((run) => run.text.trim() !== ''))
      blocks.push({ type: 'RichTextBlock', inlines, spacing: afterGap ? 'Default' : 'None' });
    afterGap = inlines.length === 0;
  }
  return blocks;
}

function linesOf(text: RichText): RichText[] {
  const lines: RichText[] = [[]];
  for (const run of text) {
    for (const [index, piece] of run.text.split(/\r\n|[\n\r]/).entries()) {
      if (index > 0) lines.push([]);
      lines.at(-1)?.push({ ...run, text: piece });
    }
  }
  return lines;
}

const renderRun = (run: Run, links: RenderLinks): TextRun => ({
  type: 'TextRun',
  text: run.text,
  ...(run.bold ? { weight: 'Bolder' } : {}),
  ...(run.italic ? { italic: true } : {}),
  ...(run.underline ? { underline: true } : {}),
  ...(run.strike ? { strikethrough: true } : {}),
  ...(run.code ? { fontType: 'Monospace' } : {}),
  ...(run.link === undefined ? {} : { selectAction: { type: 'Action.OpenUrl', url: links.inline(run.link) } }),
});

function renderButton(button: Button, links: RenderLinks): CardAction | null {
  const { url, token } = links.button(button.id);
  const title = button.label;
  switch (button.kind) {
    case 'message':
      return token === undefined ? null : { type: 'Action.Submit', title, data: { token } };
    case 'link':
      return { type: 'Action.OpenUrl', title, url: url ?? button.url };
    case 'buy':
      return url === undefined ? null : { type: 'Action.OpenUrl', title, style: 'positive', url };
    case 'contact':
      return null;
    default:
      return button satisfies never;
  }
}
