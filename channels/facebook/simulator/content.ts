// Checks a message as strictly as the Send API's documentation allows, and says what a person sees of it.
import { asRecords, asText, isRecord, type JsonRecord } from '../../lib/json.ts';
import type { Content, ReceivedButton } from '../../lib/simulator/world.ts';
import { badParameter } from './refusal.ts';

const LIMITS = {
  text: 2000,
  buttonText: 640,
  title: 80,
  label: 20,
  payload: 1000,
  buttons: 3,
  cards: 10,
  quickReplies: 13,
} as const;

export interface Looks {
  /** Is this the id of a picture that was uploaded? */
  isAttachment(id: string): boolean;
}

/** Throws a Refusal. */
export function readContent(message: JsonRecord, looks: Looks): Content {
  onlyKnown(message, ['text', 'attachment', 'quick_replies', 'metadata'], 'message');
  if ((message.text === undefined) === (message.attachment === undefined))
    throw badParameter('Param message must have either text or attachment');
  const replies = readQuickReplies(message.quick_replies);
  const seen = message.text === undefined ? readAttachment(message.attachment, looks) : readText(message.text);
  return {
    method: 'messages',
    picture: null,
    links: linksIn(seen.text),
    details: message,
    ...seen,
    buttons: [...seen.buttons, ...replies],
  };
}

type Seen = Pick<Content, 'text' | 'buttons'> & Partial<Pick<Content, 'picture'>>;

const readText = (value: unknown): Seen => ({ text: textWithin(value, LIMITS.text, 'message[text]'), buttons: [] });

function readAttachment(value: unknown, looks: Looks): Seen {
  const attachment = recordAt(value, 'message[attachment]');
  const payload = recordAt(attachment.payload, 'message[attachment][payload]');
  switch (attachment.type) {
    case 'image':
      return readPicture(payload, looks);
    case 'template':
      return readTemplate(payload);
    default:
      throw badParameter('Param message[attachment][type] must be one of {IMAGE, TEMPLATE}');
  }
}

function readPicture(payload: JsonRecord, { isAttachment }: Looks): Seen {
  const [id, url] = [asText(payload.attachment_id), asText(payload.url)];
  if ((id === '') === (url === '')) throw badParameter('An image needs either a url or an attachment_id');
  if (id !== '' && !isAttachment(id)) throw badParameter('Invalid attachment_id: the attachment does not exist');
  // An address is looked at, not fetched: the simulator calls nobody but Herald.
  if (url !== '') urlAt(url, 'message[attachment][payload][url]');
  return { text: '', picture: id || url, buttons: [] };
}

function readTemplate(payload: JsonRecord): Seen {
  switch (payload.template_type) {
    case 'button': {
      onlyKnown(payload, ['template_type', 'text', 'buttons', 'sharable'], 'payload');
      const text = textWithin(payload.text, LIMITS.buttonText, 'name_placeholder[text]');
      const buttons = readButtons(payload.buttons);
      if (buttons.length === 0) throw badParameter('Param name_placeholder[buttons] must be a non-empty array.');
      return { text, buttons: buttons.map((button) => [button]) };
    }
    case 'generic': {
      const cards = listWithin(payload.elements, LIMITS.cards, 'name_placeholder[elements]').map(readCard);
      if (cards.length === 0) throw badParameter('Param name_placeholder[elements] must be a non-empty array.');
      return {
        text: cards.map(({ text }) => text).join('\n'),
        picture: cards[0]?.picture ?? null,
        buttons: cards.flatMap(({ buttons }) => buttons),
      };
    }
    default:
      throw badParameter('Param name_placeholder[template_type] must be one of {button, generic}');
  }
}

function readCard(value: JsonRecord): Seen & { picture: string | null } {
  onlyKnown(value, ['title', 'subtitle', 'image_url', 'default_action', 'buttons'], 'element');
  const title = textWithin(value.title, LIMITS.title, 'name_placeholder[elements][title]');
  const subtitle = value.subtitle === undefined ? '' : textWithin(value.subtitle, LIMITS.title, 'subtitle');
  const buttons = readButtons(value.buttons);
  const picture = asText(value.image_url) || null;
  if (picture !== null) urlAt(picture, 'name_placeholder[elements][image_url]');
  if (subtitle === '' && picture === null && buttons.length === 0)
    throw badParameter('An element needs at least one property beside its title');
  return {
    text: [title, subtitle].filter((part) => part !== '').join('\n'),
    picture,
    buttons: buttons.map((button) => [button]),
  };
}

const readButtons = (value: unknown): ReceivedButton[] =>
  value === undefined ? [] : listWithin(value, LIMITS.buttons, 'name_placeholder[buttons]').map(readButton);

function readButton(button: JsonRecord): ReceivedButton {
  const label = textWithin(button.title, LIMITS.label, 'name_placeholder[buttons][title]');
  switch (button.type) {
    case 'web_url':
      return { label, url: urlAt(asText(button.url), 'name_placeholder[buttons][url]') };
    case 'postback':
      return { label, data: textWithin(button.payload, LIMITS.payload, 'name_placeholder[buttons][payload]') };
    default:
      throw badParameter('Param name_placeholder[buttons][type] must be one of {web_url, postback}');
  }
}

/** Quick replies stand in one row below the conversation. */
function readQuickReplies(value: unknown): ReceivedButton[][] {
  if (value === undefined) return [];
  const row = listWithin(value, LIMITS.quickReplies, 'message[quick_replies]').map((reply): ReceivedButton => {
    switch (reply.content_type) {
      case 'user_phone_number':
        return { label: 'Phone number', contact: true };
      case 'text':
        return {
          label: textWithin(reply.title, LIMITS.label, 'message[quick_replies][title]'),
          data: textWithin(reply.payload, LIMITS.payload, 'message[quick_replies][payload]'),
        };
      default:
        throw badParameter('Param message[quick_replies][content_type] must be one of {TEXT, USER_PHONE_NUMBER}');
    }
  });
  return row.length > 0 ? [row] : [];
}

// --- Values ---------------------------------------------------------------------------------

function onlyKnown(value: JsonRecord, known: readonly string[], where: string): void {
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined) throw badParameter(`Invalid keys "${strange}" were found in param "${where}".`);
}

function recordAt(value: unknown, where: string): JsonRecord {
  if (!isRecord(value)) throw badParameter(`Param ${where} must be a JSON object.`);
  return value;
}

function listWithin(value: unknown, limit: number, where: string): readonly JsonRecord[] {
  if (!Array.isArray(value)) throw badParameter(`Param ${where} must be an array.`);
  if (value.length > limit) throw badParameter(`Param ${where} must have at most ${limit} elements.`);
  return asRecords(value);
}

function textWithin(value: unknown, limit: number, where: string): string {
  const text = asText(value);
  if (text.trim() === '') throw badParameter(`Param ${where} must be a non-empty UTF8-encoded string`);
  if ([...text].length > limit) throw badParameter(`Length of param ${where} must be less than or equal to ${limit}`);
  return text;
}

function urlAt(value: string, where: string): string {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw badParameter(`Param ${where} should represent a valid URL`);
}

const linksIn = (text: string): string[] => [...text.matchAll(/https?:\/\/[^\s<>"]+/g)].map(([url]) => url);
