// Turns a fitted message into calls of the Send API, which Messenger and Instagram share: plain texts, pictures, a text
// with buttons, and a card with a picture, a short title and buttons. Pure.
import type { Capabilities, Sketch } from '../../../src/domain/capabilities.ts';
import type { Payload, RenderLinks } from '../../../src/domain/channel.ts';
import { type Block, layout } from '../../../src/domain/layout.ts';
import type { Button, Message, RichText } from '../../../src/domain/message.ts';
import { measure, splitText, truncate } from '../../../src/domain/split.ts';
import type { Template } from '../../../src/domain/template.ts';
import { plainRuns } from '../plain.ts';

/** One call: all but the person it goes to, and the final form of a picture that must be uploaded first. */
export interface SendPayload {
  messaging_type: 'UPDATE' | 'UTILITY';
  message: SendMessage;
  /** Public id of the picture to be uploaded, whose id then stands in the attachment. */
  media?: string;
}

export interface SendMessage {
  text?: string;
  attachment?: Attachment;
  quick_replies?: QuickReply[];
  template?: UtilityTemplate;
}

export type Attachment =
  | { type: 'image'; payload: { url?: string; attachment_id?: string } }
  | { type: 'template'; payload: ButtonTemplate | GenericTemplate };

export interface ButtonTemplate {
  template_type: 'button';
  text: string;
  buttons: SendButton[];
}

export interface GenericTemplate {
  template_type: 'generic';
  elements: { title: string; image_url: string; buttons?: SendButton[] }[];
}

export type SendButton =
  | { type: 'web_url'; url: string; title: string }
  | { type: 'postback'; title: string; payload: string };

export interface QuickReply {
  content_type: 'user_phone_number';
}

export interface UtilityTemplate {
  name: string;
  language: { code: string };
  components: { type: 'body'; parameters: { type: 'text'; text: string }[] }[];
}

/** Longest text above buttons, in UTF-16 units: the stricter reading of "characters". */
const BUTTON_TEXT_LIMIT = 640;
export const TITLE_LIMIT = 80;

export interface SendStyle {
  capabilities: Capabilities;
  /** Whether our own pictures are uploaded; else the platform fetches them from us. */
  uploads: boolean;
}

export const renderMessage = (message: Message, links: RenderLinks, style: SendStyle): SendPayload[] =>
  layout(message, style.capabilities).flatMap((block) => renderBlock(block, links, style));

function renderBlock(block: Block, links: RenderLinks, style: SendStyle): SendPayload[] {
  const buttons = block.rows.flat();
  const texts = (text: RichText): SendPayload[] => renderText(plainRuns(text, links).trim(), buttons, links, style);
  switch (block.kind) {
    case 'text':
      return texts(block.text);
    case 'image': {
      const picture = links.image(block.source);
      const caption = plainRuns(block.caption, links).trim();
      const title = caption || titleOf(buttons);
      if (title !== '' && measure(title, 'utf16') <= TITLE_LIMIT && isPublic(picture.url)) {
        return [card(title, picture.url, buttons, links)];
      }
      const alone = renderPicture(picture, style);
      return [...(alone ? [alone] : []), ...texts(block.caption)];
    }
    default:
      return block satisfies never;
  }
}

/** Where the platform cannot fetch our pictures there are no cards: a picture comes before its words. */
export const sketchMessages = (payloads: readonly Payload[]): Sketch => ({
  captioned: !payloads.some(({ message }) => (message as unknown as SendMessage).attachment?.type === 'image'),
});

/** A card takes only an address, and the platform must be able to fetch it: ours begin so where we are public. */
const isPublic = (url: string | null): url is string => url?.startsWith('https:') ?? false;

/** Buttons want something to stand under: where there is no text, their own labels. */
const titleOf = (buttons: readonly Button[]): string =>
  truncate(buttons.map(({ label }) => label).join(' · '), TITLE_LIMIT, 'utf16');

const update = (message: SendMessage): SendPayload => ({ messaging_type: 'UPDATE', message });

function renderPicture({ url, media }: ReturnType<RenderLinks['image']>, { uploads }: SendStyle): SendPayload | null {
  if (uploads && media !== null) return { ...update({ attachment: { type: 'image', payload: {} } }), media };
  return url === null ? null : update({ attachment: { type: 'image', payload: { url } } });
}

function card(title: string, url: string, buttons: readonly Button[], links: RenderLinks): SendPayload {
  const rendered = renderButtons(buttons, links);
  const element = { title, image_url: url, ...(rendered.length > 0 ? { buttons: rendered } : {}) };
  const payload: GenericTemplate = { template_type: 'generic', elements: [element] };
  return update({ attachment: { type: 'template', payload }, ...quickReplies(buttons) });
}

function renderText(text: string, buttons: readonly Button[], links: RenderLinks, style: SendStyle): SendPayload[] {
  const { textLimit, textUnit } = style.capabilities;
  const rendered = renderButtons(buttons, links);
  const replies = quickReplies(buttons);
  // Tracked addresses may be longer than those the message was measured with.
  const whole = splitPlain(text || titleOf(buttons), textLimit ?? Infinity, textUnit);
  const parts = rendered.length === 0 ? whole : [...whole.slice(0, -1), ...tail(whole.at(-1) ?? '')];
  return parts.map((part, index) => {
    if (index < parts.length - 1) return update({ text: part });
    if (rendered.length === 0) return update({ text: part, ...replies });
    const payload: ButtonTemplate = { template_type: 'button', text: part, buttons: rendered };
    return update({ attachment: { type: 'template', payload }, ...replies });
  });
}

const splitPlain = (text: string, limit: number, unit: Capabilities['textUnit']): string[] =>
  text === '' ? [] : splitText([{ text }], limit, unit).map((runs) => runs.map((run) => run.text).join(''));

/** The end of a text that may stand above buttons, and what comes before it. */
function tail(text: string): string[] {
  const end = splitPlain(text, BUTTON_TEXT_LIMIT, 'utf16').at(-1) ?? '';
  const head = text.slice(0, text.length - end.length).trimEnd();
  return head === '' ? [end] : [head, end];
}

const renderButtons = (buttons: readonly Button[], links: RenderLinks): SendButton[] =>
  buttons.flatMap((button) => renderButton(button, links) ?? []);

function renderButton(button: Button, links: RenderLinks): SendButton | null {
  const { url, token } = links.button(button.id);
  const title = button.label;
  switch (button.kind) {
    case 'message':
      return token === undefined ? null : { type: 'postback', title, payload: token };
    case 'link':
      return { type: 'web_url', url: url ?? button.url, title };
    case 'buy':
      return url === undefined ? null : { type: 'web_url', url, title };
    case 'contact':
      return null;
    default:
      return button satisfies never;
  }
}

/** The platform fills in the person's own number as the label. */
const quickReplies = (buttons: readonly Button[]): { quick_replies?: QuickReply[] } =>
  buttons.some(({ kind }) => kind === 'contact') ? { quick_replies: [{ content_type: 'user_phone_number' }] } : {};

export function renderUtility({ name, language, parameters }: Template): SendPayload {
  const body = parameters.map((text) => ({ type: 'text' as const, text }));
  const components = body.length > 0 ? [{ type: 'body' as const, parameters: body }] : [];
  return { messaging_type: 'UTILITY', message: { template: { name, language: { code: language }, components } } };
}
