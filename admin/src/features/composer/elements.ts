// Changes to a message's list of elements, each giving a new list. Keys tell rows apart while they move; they live
// only in the browser and are never saved.
import type { Button, ButtonKind, Content, Element, ElementKind, Message } from '../shapes.ts';
import { newId } from '../new-id.ts';
import { EVERY_CHANNEL } from '../shapes.ts';

export interface Row {
  key: string;
  element: Element;
}

export const toRows = (message: Message | undefined): Row[] =>
  (message?.elements ?? []).map((element) => ({ key: newId(), element }));

export const toMessage = (rows: readonly Row[]): Message => ({ elements: rows.map((row) => row.element) });

export function newElement(kind: ElementKind, buttonKinds: readonly ButtonKind[]): Element {
  if (kind === 'text') return { kind, text: [] };
  if (kind === 'image') return { kind, source: '' };
  return { kind, rows: [[newButton(buttonKinds[0] ?? 'link')]] };
}

export function newButton(kind: ButtonKind): Button {
  const base = { id: newId(), label: '' };
  if (kind === 'link') return { kind, ...base, url: '' };
  if (kind === 'message' || kind === 'contact') return { kind, ...base };
  return { kind, ...base, product: { name: '', amount: 0, currency: 'EUR' } };
}

/** Another kind of button keeps its id and label. */
export const changeKind = (button: Button, kind: ButtonKind): Button => ({
  ...newButton(kind),
  id: button.id,
  label: button.label,
});

export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const rest = [...items];
  const [item] = rest.splice(from, 1);
  if (item === undefined || to < 0 || to >= items.length) return [...items];
  rest.splice(to, 0, item);
  return rest;
}

/** A copy of an element; its buttons get ids of their own, because clicks are counted by id. */
export function copied(element: Element): Element {
  if (element.kind !== 'buttons') return structuredClone(element);
  return {
    ...element,
    rows: element.rows.map((row) => row.map((button) => ({ ...structuredClone(button), id: newId() }))),
  };
}

export const withoutButton = (rows: readonly Button[][], id: string): Button[][] =>
  rows.map((row) => row.filter((button) => button.id !== id)).filter((row) => row.length > 0);

/** Is there anything a person could receive? Empty texts and pictures without a source say nothing. */
export const hasContent = (message: Message | undefined): boolean =>
  (message?.elements ?? []).some((element) =>
    element.kind === 'text'
      ? element.text.some((run) => run.text.trim() !== '')
      : element.kind === 'image'
        ? element.source !== ''
        : element.rows.length > 0,
  );

/** Which of the channels the content has a message for. */
export const channelsWithMessage = (content: Content, channels: readonly string[]): string[] =>
  channels.filter((channel) => hasContent(content.variants[content.synchronised ? EVERY_CHANNEL : channel]));

/** Every channel starts from the common message when they are parted. */
export function parted(content: Content, channels: readonly string[]): Content {
  const common = content.variants[EVERY_CHANNEL] ?? { elements: [] };
  return {
    ...content,
    synchronised: false,
    variants: Object.fromEntries(channels.map((channel) => [channel, structuredClone(common)])),
  };
}

/** One channel's message becomes everyone's. */
export const joined = (content: Content, winner: string): Content => ({
  ...content,
  synchronised: true,
  variants: { [EVERY_CHANNEL]: content.variants[winner] ?? { elements: [] } },
});

export const copiedMessage = (message: Message | undefined): Message => ({
  elements: (message?.elements ?? []).map(copied),
});
