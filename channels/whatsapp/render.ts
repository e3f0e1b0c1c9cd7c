// Turns a fitted message into Cloud API messages: texts, pictures with a caption, and interactive ones, which carry either
// answers, or a single link, or the question for a phone number. Pure.
import type { RenderLinks } from '../../src/domain/channel.ts';
import { type Block, layout } from '../../src/domain/layout.ts';
import { type Button, type Message, plainText, type RichText } from '../../src/domain/message.ts';
import { sliceRuns, splitText, truncate } from '../../src/domain/split.ts';
import type { Template } from '../../src/domain/template.ts';
import { renderWithin } from '../lib/parts.ts';
import { plainRuns } from '../lib/plain.ts';
import { BODY_LIMIT, CAPABILITIES } from './capabilities.ts';
import { toMarkup } from './markup.ts';

/** One call: all but the person it goes to, and the final form of a picture that must be uploaded first. */
export type WhatsAppPayload =
  | { type: 'text'; text: { body: string; preview_url: false } }
  | { type: 'image'; image: { link?: string; id?: string; caption?: string }; media?: string }
  | { type: 'interactive'; interactive: Interactive }
  | { type: 'template'; template: TemplateBody };

export type Interactive = Action & {
  header?: { type: 'image'; image: { link: string } };
  body: { text: string };
};

type Action =
  | { type: 'button'; action: { buttons: { type: 'reply'; reply: { id: string; title: string } }[] } }
  | { type: 'list'; action: { button: string; sections: [{ rows: { id: string; title: string }[] }] } }
  | { type: 'cta_url'; action: { name: 'cta_url'; parameters: { display_text: string; url: string } } }
  | { type: 'request_contact_info'; action: { name: 'request_contact_info' } };

interface TextParameter {
  type: 'text';
  text: string;
}
type TemplateComponent =
  | { type: 'body'; parameters: TextParameter[] }
  | { type: 'button'; sub_type: 'url'; index: string; parameters: [TextParameter] };

interface TemplateBody {
  name: string;
  language: { code: string };
  components: TemplateComponent[];
}

const MOST_REPLIES = 3;
const LABEL_LIMIT = CAPABILITIES.buttons.label;
/** What opens a list, in no language. */
const LIST_LABEL = '👇';

export const render = (message: Message, links: RenderLinks): WhatsAppPayload[] =>
  layout(message, CAPABILITIES).flatMap((block) => renderBlock(block, links));

function renderBlock(block: Block, links: RenderLinks): WhatsAppPayload[] {
  const actions = actionsOf(block.rows.flat(), links);
  if (block.kind === 'text') return renderText(block.text, actions, links);
  const picture = links.image(block.source);
  const [first, ...rest] = actions;
  if (first && isPublic(picture.url) && takesPicture(first.action)) {
    const body = withinBody(block.caption, links) ?? null;
    if (body !== null) {
      const header = { type: 'image' as const, image: { link: picture.url } };
      return [interactive(first, body, header), ...rest.map((action) => interactive(action, ''))];
    }
  }
  const caption = actions.length === 0 ? withinBody(block.caption, links) : '';
  const alone = renderPicture(picture, caption ?? '');
  const left = actions.length === 0 && caption !== null ? [] : block.caption;
  return [...(alone ? [alone] : []), ...renderText(left, actions, links)];
}

/** The platform fetches it from its address, which begins so where ours is public. */
const isPublic = (url: string | null): url is string => url?.startsWith('https:') ?? false;

const takesPicture = ({ type }: Action): boolean => type === 'button' || type === 'cta_url';

function renderPicture({ url, media }: ReturnType<RenderLinks['image']>, caption: string): WhatsAppPayload | null {
  const words = caption === '' ? {} : { caption };
  if (media !== null) return { type: 'image', image: words, media };
  return url === null ? null : { type: 'image', image: { link: url, ...words } };
}

/** The text as it may stand below a picture or above buttons; null where it is too long even without formatting. */
function withinBody(text: RichText, links: RenderLinks): string | null {
  return (
    [toMarkup(text, links), plainRuns(text, links)]
      .map((form) => form.trim())
      .find(({ length }) => length <= BODY_LIMIT) ?? null
  );
}

function renderText(text: RichText, actions: readonly LabelledAction[], links: RenderLinks): WhatsAppPayload[] {
  const [first, ...rest] = actions;
  if (!first) return texts(text, links);
  const whole = withinBody(text, links);
  const [head, body] = whole === null ? cutTail(text, links) : [[], whole];
  return [...texts(head, links), interactive(first, body), ...rest.map((action) => interactive(action, ''))];
}

const texts = (text: RichText, links: RenderLinks): WhatsAppPayload[] =>
  renderWithin(text, CAPABILITIES.textLimit, (part) => toMarkup(part, links))
    .map((body) => body.trim())
    .filter((body) => body !== '')
    // Each person's links are their own: a preview would have the platform fetch every one of them.
    .map((body) => ({ type: 'text', text: { body, preview_url: false } }));

/** What comes before, and the end of a text that may stand above buttons. */
function cutTail(text: RichText, links: RenderLinks): [RichText, string] {
  const parts = splitText(text, Math.floor(BODY_LIMIT / 2), 'utf16');
  const end = parts.at(-1) ?? [];
  const from = plainText(text).trimEnd().length - plainText(end).length;
  // Addresses that grew can make even a short end too long: then buttons stand under nothing but their labels.
  const body = withinBody(end, links);
  return body === null ? [text, ''] : [sliceRuns(text, 0, from), body];
}

interface LabelledAction {
  action: Action;
  labels: string[];
}

/** Without words of its own it stands under its labels, since the platform wants some. */
function interactive(
  { action, labels }: LabelledAction,
  body: string,
  header?: Interactive['header'],
): WhatsAppPayload {
  const text = body || truncate(labels.join(' · '), BODY_LIMIT, 'utf16');
  return { type: 'interactive', interactive: { ...action, ...(header ? { header } : {}), body: { text } } };
}

/** Answers share a message; every link and the question for the phone number want one of their own. */
function actionsOf(buttons: readonly Button[], links: RenderLinks): LabelledAction[] {
  const replies: { id: string; title: string }[] = [];
  const others: LabelledAction[] = [];
  for (const button of buttons) {
    const { url, token } = links.button(button.id);
    switch (button.kind) {
      case 'message':
        if (token !== undefined) replies.push({ id: token, title: button.label });
        break;
      case 'link':
        others.push(linkAction(button.label, url ?? button.url));
        break;
      case 'buy':
        if (url !== undefined) others.push(linkAction(button.label, url));
        break;
      case 'contact':
        others.push({
          action: { type: 'request_contact_info', action: { name: 'request_contact_info' } },
          labels: [button.label],
        });
        break;
      default:
        button satisfies never;
    }
  }
  return [...(replies.length > 0 ? [replyAction(replies)] : []), ...others];
}

/** The platform refuses a message with two answers of one title, and shortened labels may be alike: the later are numbered. */
function distinct(titles: readonly string[]): string[] {
  const taken = new Set(titles);
  return titles.map((title, index) => {
    if (titles.indexOf(title) === index) return title;
    let number = 2;
    const numbered = (): string => `${truncate(title, LABEL_LIMIT - ` ${number}`.length, 'characters')} ${number}`;
    while (taken.has(numbered())) number += 1;
    taken.add(numbered());
    return numbered();
  });
}

const linkAction = (label: string, url: string): LabelledAction => ({
  action: { type: 'cta_url', action: { name: 'cta_url', parameters: { display_text: label, url } } },
  labels: [label],
});

function replyAction(given: readonly { id: string; title: string }[]): LabelledAction {
  const titles = distinct(given.map(({ title }) => title));
  const replies = given.map(({ id }, index) => ({ id, title: titles[index] ?? '' }));
  const labels = replies.map(({ title }) => title);
  if (replies.length > MOST_REPLIES)
    return { action: { type: 'list', action: { button: LIST_LABEL, sections: [{ rows: replies }] } }, labels };
  const buttons = replies.map((reply) => ({ type: 'reply' as const, reply }));
  return { action: { type: 'button', action: { buttons } }, labels };
}

export function renderTemplate({ name, language, parameters, buttons = [] }: Template): WhatsAppPayload {
  // The platform takes no new lines and no rows of spaces there.
  const body = parameters.map((text) => ({ type: 'text' as const, text: text.trim().replace(/\s+/g, ' ') }));
  const components: TemplateComponent[] = [
    ...(body.length > 0 ? [{ type: 'body' as const, parameters: body }] : []),
    ...buttons.map(({ index, value }): TemplateComponent => ({
      type: 'button',
      sub_type: 'url',
      index: String(index),
      parameters: [{ type: 'text', text: value }],
    })),
  ];
  return { type: 'template', template: { name, language: { code: language }, components } };
}
