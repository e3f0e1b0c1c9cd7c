// Adapts a message to what one channel can carry and names every adaptation. The composer shows these losses and the
// engine obeys the same function, so the page cannot promise what is not sent.
import type { Capabilities } from './capabilities.ts';
import { besideWords, buttonLine, pictureLine } from './fit-addresses.ts';
import {
  type Button,
  type Element,
  isBareAddress,
  type Message,
  plainText,
  type RichText,
  type Run,
} from './message.ts';
import { lengthOf, measure, roomFor, splitText, truncate } from './split.ts';

const LOSS_CODES = [
  'text_split',
  'caption_separate',
  'formatting_bold',
  'formatting_italic',
  'formatting_underline',
  'formatting_strike',
  'formatting_code',
  'formatting_link',
  'image_became_link',
  'image_dropped',
  'buttons_too_many',
  'buttons_rearranged',
  'buttons_became_keyboard',
  'button_became_link',
  'button_dropped',
  'button_unlabelled',
  'label_shortened',
] as const;
export type LossCode = (typeof LOSS_CODES)[number];

/** One adaptation; its sentence is `channels:losses.<code>`. */
export interface Loss {
  code: LossCode;
  params: Record<string, string | number>;
}

export interface Fitted {
  message: Message;
  losses: Loss[];
}

/** The message as the channel can show it. Empty where nothing of it can be shown. */
export function fit(message: Message, capabilities: Capabilities): Fitted {
  const losses: Loss[] = [];
  const note = (code: LossCode, params: Loss['params'] = {}): void => {
    if (!losses.some((loss) => loss.code === code && sameParams(loss.params, params))) losses.push({ code, params });
  };
  const context: Context = { capabilities, note, buttonsLeft: capabilities.buttons.max, overflow: 0, numbered: 0 };
  const elements = joined(message.elements.flatMap((element) => fitElement(element, context)));
  if (context.overflow > 0) note('buttons_too_many', { max: capabilities.buttons.max, dropped: context.overflow });
  if (capabilities.buttons.style === 'keyboard') noteKeyboard(elements, note);
  noteLongCaptions(elements, context);
  return { message: { elements: elements.flatMap((element) => splitElement(element, context)) }, losses };
}

type Note = (code: LossCode, params?: Loss['params']) => void;

interface Context {
  capabilities: Capabilities;
  note: Note;
  buttonsLeft: number;
  overflow: number;
  /** Buttons that became numbered links so far. */
  numbered: number;
}

/** An element, and which of its neighbours it becomes one text with. */
interface Piece {
  element: Element;
  joins?: 'before' | 'after';
}

const sameParams = (one: Loss['params'], other: Loss['params']): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function fitElement(element: Element, context: Context): Piece[] {
  switch (element.kind) {
    case 'text': {
      const text = fitFormatting(element.text, context);
      return plainText(text).trim() === '' ? [] : [{ element: { kind: 'text', text } }];
    }
    case 'image':
      return context.capabilities.elements.includes('image') ? [{ element }] : imageAsText(element, context);
    case 'buttons':
      return fitButtons(element.rows, context);
    default:
      return element satisfies never;
  }
}

/** What became text goes on in the text it belongs to: no message of its own for it, which may cost money. */
function joined(pieces: readonly Piece[]): Element[] {
  const elements: Element[] = [];
  pieces.forEach(({ element, joins }, index) => {
    const before = elements.at(-1);
    const belongs = joins === 'before' || pieces[index - 1]?.joins === 'after';
    if (belongs && before?.kind === 'text' && element.kind === 'text') {
      elements.splice(-1, 1, { kind: 'text', text: [...before.text, { text: '\n' }, ...element.text] });
    } else elements.push(element);
  });
  return elements;
}

// --- Text -----------------------------------------------------------------------------------

const STYLES = ['bold', 'italic', 'underline', 'strike', 'code'] as const;

function fitFormatting(text: RichText, { capabilities: { formatting }, note }: Context): RichText {
  const unknown = STYLES.filter((style) => !formatting.includes(style) && text.some((run) => run[style]));
  for (const style of unknown) note(`formatting_${style}`);
  const known = unknown.length === 0 ? text : text.map((run) => without(run, unknown));
  if (formatting.includes('link') || known.every((run) => run.link === undefined)) return known;
  if (!known.every((run) => run.link === undefined || isBareAddress(run))) note('formatting_link');
  return besideWords(known);
}

function without(run: Run, styles: readonly (typeof STYLES)[number][]): Run {
  const bare: Run = { ...run };
  for (const style of styles) delete bare[style];
  return bare;
}

function splitElement(element: Element, { capabilities, note }: Context): Element[] {
  if (element.kind !== 'text' || capabilities.textLimit === null) return [element];
  const parts = splitText(element.text, capabilities.textLimit, capabilities.textUnit, roomFor(capabilities));
  if (parts.length > 1) note('text_split', { parts: parts.length, limit: capabilities.textLimit });
  return parts.map((text) => ({ kind: 'text', text }));
}

function noteLongCaptions(elements: readonly Element[], { capabilities, note }: Context): void {
  elements.forEach((element, index) => {
    if (element.kind !== 'text' || elements[index - 1]?.kind !== 'image') return;
    if (lengthOf(element.text, capabilities) > capabilities.captionLimit) {
      note('caption_separate', { limit: capabilities.captionLimit });
    }
  });
}

// --- Pictures -------------------------------------------------------------------------------

function imageAsText({ source, alt }: Element & { kind: 'image' }, { capabilities, note }: Context): Piece[] {
  const { textLimit, textUnit, formatting } = capabilities;
  const reachable = /^(https?|media):./i.test(source) && measure(source, textUnit) <= (textLimit ?? Infinity);
  if (!reachable) {
    note('image_dropped');
    return alt?.trim() ? [{ element: { kind: 'text', text: [{ text: alt }] }, joins: 'after' }] : [];
  }
  note('image_became_link');
  const text = pictureLine(source, alt?.trim() ?? '', formatting.includes('link'));
  return [{ element: { kind: 'text', text }, joins: 'after' }];
}

// --- Buttons --------------------------------------------------------------------------------

function fitButtons(rows: readonly (readonly Button[])[], context: Context): Piece[] {
  const { capabilities, note } = context;
  const { perRow } = capabilities.buttons;
  const kinds = capabilities.elements.includes('buttons') ? capabilities.buttons.kinds : [];
  const links: Piece[] = [];
  const kept: Button[][] = [];
  for (const row of rows) {
    const fitting: Button[] = [];
    for (const button of row) {
      const known = kinds.includes(button.kind);
      if (button.label.trim() === '') note('button_unlabelled');
      else if (known && context.buttonsLeft > 0) {
        fitting.push(fitLabel(button, context));
        context.buttonsLeft -= 1;
      } else if (button.kind === 'link' || button.kind === 'buy') links.push(linkPiece(button, context));
      else if (known) context.overflow += 1;
      else note('button_dropped', { label: button.label });
    }
    kept.push(...chunk(fitting, perRow));
    if (fitting.length > perRow) note('buttons_rearranged', { perRow });
  }
  return [...links, ...(kept.length > 0 ? [{ element: { kind: 'buttons' as const, rows: kept } }] : [])];
}

function linkPiece(button: Button, context: Context): Piece {
  context.note('button_became_link', { label: button.label });
  context.numbered += 1;
  const text = buttonLine(button, context.numbered, context.capabilities.formatting.includes('link'));
  return { element: { kind: 'text', text }, joins: 'before' };
}

function fitLabel(button: Button, { capabilities, note }: Context): Button {
  const limit = capabilities.buttons.label;
  if (measure(button.label, 'characters') <= limit) return button;
  note('label_shortened', { label: button.label, limit });
  return { ...button, label: `${truncate(button.label, limit - 1, 'characters').trimEnd()}…` };
}

function noteKeyboard(elements: readonly Element[], note: Note): void {
  const count = elements.reduce((sum, one) => sum + (one.kind === 'buttons' ? one.rows.flat().length : 0), 0);
  if (count > 0) note('buttons_became_keyboard', { count });
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}
