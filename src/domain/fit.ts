// Adapts a message to what one channel can carry and names every adaptation. The composer shows these losses and the
// engine obeys the same function, so the page cannot promise what is not sent.
import type { Capabilities } from './channel.ts';
import { type Button, type Element, type Message, plainText, type RichText, type Run } from './message.ts';
import { measure, splitText, truncate } from './split.ts';

export { check } from './check.ts';

export const LOSS_CODES = [
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
  const context: Context = { capabilities, note, buttonsLeft: capabilities.buttons.max, overflow: 0 };
  const elements = message.elements.flatMap((element) => fitElement(element, context));
  if (context.overflow > 0) note('buttons_too_many', { max: capabilities.buttons.max, dropped: context.overflow });
  noteLongCaptions(elements, context);
  return { message: { elements: elements.flatMap((element) => splitElement(element, context)) }, losses };
}

interface Context {
  capabilities: Capabilities;
  note: (code: LossCode, params?: Loss['params']) => void;
  buttonsLeft: number;
  overflow: number;
}

const sameParams = (one: Loss['params'], other: Loss['params']): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function fitElement(element: Element, context: Context): Element[] {
  switch (element.kind) {
    case 'text': {
      const text = fitFormatting(element.text, context);
      return plainText(text).trim() === '' ? [] : [{ kind: 'text', text }];
    }
    case 'image':
      return context.capabilities.elements.includes('image') ? [element] : imageAsText(element, context);
    case 'buttons':
      return fitButtons(element.rows, context);
    default:
      return element satisfies never;
  }
}

// --- Text -----------------------------------------------------------------------------------

const STYLES = ['bold', 'italic', 'underline', 'strike', 'code', 'link'] as const;

function fitFormatting(text: RichText, { capabilities, note }: Context): RichText {
  const unknown = STYLES.filter((style) => !capabilities.formatting.includes(style) && text.some((run) => run[style]));
  if (unknown.length === 0) return text;
  for (const style of unknown) note(`formatting_${style}`);
  return text.map((run) => {
    const bare: Run = { ...run };
    for (const style of unknown) delete bare[style];
    // An address that cannot hide behind words stands beside them.
    const hidden = run.link !== undefined && bare.link === undefined && run.link !== run.text;
    return hidden ? { ...bare, text: `${bare.text} (${run.link})` } : bare;
  });
}

function splitElement(element: Element, { capabilities, note }: Context): Element[] {
  if (element.kind !== 'text' || capabilities.textLimit === null) return [element];
  const parts = splitText(element.text, capabilities.textLimit, capabilities.textUnit);
  if (parts.length > 1) note('text_split', { parts: parts.length, limit: capabilities.textLimit });
  return parts.map((text) => ({ kind: 'text', text }));
}

function noteLongCaptions(elements: readonly Element[], { capabilities, note }: Context): void {
  elements.forEach((element, index) => {
    if (element.kind !== 'text' || elements[index - 1]?.kind !== 'image') return;
    if (measure(plainText(element.text), capabilities.textUnit) > capabilities.captionLimit) {
      note('caption_separate', { limit: capabilities.captionLimit });
    }
  });
}

// --- Pictures -------------------------------------------------------------------------------

function imageAsText(image: Element & { kind: 'image' }, context: Context): Element[] {
  // An uploaded picture has no address of its own before it is sent.
  if (!/^https?:/i.test(image.source)) {
    context.note('image_dropped');
    return image.alt ? [{ kind: 'text', text: [{ text: image.alt }] }] : [];
  }
  context.note('image_became_link');
  return [{ kind: 'text', text: linkAsText(image.alt || image.source, image.source, context) }];
}

const linkAsText = (label: string, url: string, { capabilities }: Context): RichText =>
  capabilities.formatting.includes('link')
    ? [{ text: label, link: url }]
    : [{ text: label === url ? url : `${label}: ${url}` }];

// --- Buttons --------------------------------------------------------------------------------

function fitButtons(rows: readonly (readonly Button[])[], context: Context): Element[] {
  const { capabilities, note } = context;
  const kinds = capabilities.elements.includes('buttons') ? capabilities.buttons.kinds : [];
  const links: Element[] = [];
  const kept: Button[][] = [];
  for (const row of rows) {
    const fitting: Button[] = [];
    for (const button of row) {
      if (button.label.trim() === '') note('button_unlabelled');
      else if (kinds.includes(button.kind)) {
        if (context.buttonsLeft > 0) fitting.push(fitLabel(button, context));
        else context.overflow += 1;
        context.buttonsLeft = Math.max(0, context.buttonsLeft - 1);
      } else if (button.kind === 'link') {
        note('button_became_link', { label: button.label });
        links.push({ kind: 'text', text: linkAsText(button.label, button.url, context) });
      } else note('button_dropped', { label: button.label });
    }
    kept.push(...chunk(fitting, capabilities.buttons.perRow));
    if (fitting.length > capabilities.buttons.perRow)
      note('buttons_rearranged', { perRow: capabilities.buttons.perRow });
  }
  return [...links, ...(kept.length > 0 ? [{ kind: 'buttons' as const, rows: kept }] : [])];
}

function fitLabel(button: Button, { capabilities, note }: Context): Button {
  const limit = capabilities.buttons.label;
  if (measure(button.label, 'characters') <= limit) return button;
  note('label_shortened', { label: button.label, limit });
  return { ...button, label: `${truncate(button.label, limit - 1, 'characters').trimEnd()}…` };
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}
