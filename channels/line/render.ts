// Turns a fitted message into requests of up to five message objects. A text without buttons is a plain text, in which
// LINE makes addresses tappable; buttons stand on a card (Flex Message), with their text where it holds no address. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { type Block, layout } from '../../src/domain/layout.ts';
import { type Button, isBareAddress, type Message, type RichText } from '../../src/domain/message.ts';
import { splitText, truncate } from '../../src/domain/split.ts';
import { pack } from '../lib/pack.ts';
import { plainRuns } from '../lib/plain.ts';
import { ALT_TEXT_MAX, CAPABILITIES, OBJECTS_MAX } from './capabilities.ts';

/** One request, all but its receivers. */
export interface LinePayload {
  messages: LineMessage[];
  /** A picture the platform cannot fetch: it takes https addresses and nothing else. */
  unfetchable?: string;
}

export type LineMessage = (TextMessage | ImageMessage | FlexMessage) & { quickReply?: { items: QuickReply[] } };
interface TextMessage {
  type: 'text';
  text: string;
}
interface ImageMessage {
  type: 'image';
  originalContentUrl: string;
  previewImageUrl: string;
}
export interface FlexMessage {
  type: 'flex';
  altText: string;
  contents: { type: 'bubble'; body: Box };
}
interface Box {
  type: 'box';
  layout: 'vertical' | 'horizontal';
  spacing: 'sm' | 'md';
  contents: (Box | FlexText | FlexButton)[];
}
interface FlexText {
  type: 'text';
  text: string;
  wrap: true;
}
export interface FlexButton {
  type: 'button';
  style: 'primary' | 'secondary';
  height: 'sm';
  action: Action;
}
export type Action =
  | { type: 'uri'; label: string; uri: string }
  | { type: 'postback'; label: string; data: string; displayText: string };
interface QuickReply {
  type: 'action';
  action: Action;
}

const QUICK_REPLIES = 'quick_replies';

export function render(message: Message, links: RenderLinks, choices: readonly string[]): LinePayload[] {
  const quick = choices.includes(QUICK_REPLIES);
  const rendered = layout(message, CAPABILITIES).map((block) => renderBlock(block, links, quick));
  // As few requests as may be, for each counts as a message; their texts stay within one text's limit together.
  const limits = { count: OBJECTS_MAX, length: CAPABILITIES.textLimit };
  const requests = pack(
    rendered.flatMap(({ messages }) => messages),
    limits,
    (one) => ({ count: 1, length: lengthOf(one) }),
  );
  const payloads = requests.map((messages): LinePayload => ({ messages }));
  const replies = rendered.flatMap(({ quickReplies }) => quickReplies);
  const last = payloads.at(-1)?.messages.at(-1);
  // Quick replies are shown for the newest message only.
  if (last && replies.length > 0) last.quickReply = { items: replies.map((action) => ({ type: 'action', action })) };
  const unfetchable = rendered.find((block) => block.unfetchable !== undefined)?.unfetchable;
  if (unfetchable === undefined) return payloads;
  // Told with the first request, so that nothing of the message goes out before it is refused.
  const [first = { messages: [] }, ...rest] = payloads;
  return [{ ...first, unfetchable }, ...rest];
}

interface Rendered {
  messages: LineMessage[];
  quickReplies: Action[];
  unfetchable?: string;
}

function renderBlock(block: Block, links: RenderLinks, quick: boolean): Rendered {
  const rows = block.rows
    .map((row) => row.flatMap((button) => renderButton(button, links) ?? []))
    .map((row) => row.filter(({ action }) => !isQuick(action, quick)))
    .filter((row) => row.length > 0);
  const quickReplies = block.rows
    .flat()
    .flatMap((button) => renderButton(button, links)?.action ?? [])
    .filter((action) => isQuick(action, quick));
  switch (block.kind) {
    case 'text':
      return { messages: renderText(block.text, rows, links), quickReplies };
    case 'image': {
      const { url, media } = links.image(block.source);
      const card = rows.length > 0 ? [flex('', rows)] : [];
      if (url === null || !/^https:/i.test(url))
        return { messages: card, quickReplies, unfetchable: media ?? block.source };
      return {
        messages: [{ type: 'image', originalContentUrl: url, previewImageUrl: url }, ...card],
        quickReplies,
      };
    }
    default:
      return block satisfies never;
  }
}

const isQuick = (action: Action, quick: boolean): boolean => quick && action.type === 'postback';

function renderText(text: RichText, rows: FlexButton[][], links: RenderLinks): LineMessage[] {
  const words = plainRuns(text, links);
  if (rows.length > 0 && !text.some(isBareAddress)) return [flex(words, rows)];
  // A tracked address may be longer than the one it stands for.
  const parts = splitText([{ text: words }], CAPABILITIES.textLimit, CAPABILITIES.textUnit);
  const messages = parts.map((part): LineMessage => ({ type: 'text', text: part.map((run) => run.text).join('') }));
  return rows.length > 0 ? [...messages, flex('', rows)] : messages;
}

function flex(text: string, rows: FlexButton[][]): FlexMessage {
  const shown = text.trim();
  const labels = rows.flat().map(({ action }) => action.label);
  return {
    type: 'flex',
    altText: truncate(shown === '' ? labels.join(' · ') : shown, ALT_TEXT_MAX, 'utf16'),
    contents: {
      type: 'bubble',
      body: {
        type: 'box',
        layout: 'vertical',
        spacing: 'md',
        contents: [
          ...(shown === '' ? [] : [{ type: 'text' as const, text: shown, wrap: true as const }]),
          ...rows.map(renderRow),
        ],
      },
    },
  };
}

const renderRow = (buttons: FlexButton[]): Box | FlexButton =>
  buttons.length === 1 && buttons[0]
    ? buttons[0]
    : { type: 'box', layout: 'horizontal', spacing: 'sm', contents: buttons };

function renderButton(button: Button, links: RenderLinks): FlexButton | null {
  const { url, token } = links.button(button.id);
  const { label } = button;
  switch (button.kind) {
    case 'message':
      // What was chosen is shown in the chat as the person's own words; no message of theirs is reported for it.
      return token === undefined
        ? null
        : onCard('secondary', { type: 'postback', label, data: token, displayText: label });
    case 'link':
      return onCard('secondary', { type: 'uri', label, uri: url ?? button.url });
    case 'buy':
      return url === undefined ? null : onCard('primary', { type: 'uri', label, uri: url });
    case 'contact':
      return null;
    default:
      return button satisfies never;
  }
}

const onCard = (style: FlexButton['style'], action: Action): FlexButton => ({
  type: 'button',
  style,
  height: 'sm',
  action,
});

function lengthOf(message: LineMessage): number {
  if (message.type === 'text') return message.text.length;
  const first = message.type === 'flex' ? message.contents.body.contents[0] : undefined;
  return first?.type === 'text' ? first.text.length : 0;
}
