// Puts one person's words into a message: `{{first_name|friend}}`. A missing value takes its fallback; without one the
// variable vanishes together with the space or comma it would strand, so nobody ever reads "undefined" or "Hello ,".
import type { Button, Element, Message, RichText, Run } from './message.ts';
import type { AttributeValue } from './subscriber.ts';

export interface Person {
  firstName: string | null;
  lastName: string | null;
  locale: string | null;
  email?: string | null;
  phone?: string | null;
  attributes: Readonly<Record<string, AttributeValue>>;
}

export interface Personalised {
  message: Message;
  /** Names of the variables which had no value for this person, each once. */
  fallbacks: string[];
}

const VARIABLE = /\{\{\s*([^{}|]+?)\s*(?:\|([^{}]*))?\}\}/g;
/** Stands for a value that is missing until the text around it is tidied; a noncharacter, so nobody types it. */
const GAP = '\uFFFF';

export function personalise(message: Message, person: Person): Personalised {
  const missing = new Set<string>();
  const words = { person, missing };
  const elements = message.elements.map((element) => personaliseElement(element, words));
  return { message: { elements }, fallbacks: [...missing] };
}

/** An address for one person: values are percent-encoded, so they cannot change where it leads. */
export const personaliseUrl = (url: string, person: Person): string => address(url, { person, missing: new Set() });

export function personaliseText(text: RichText, person: Person): RichText {
  return runs(text, { person, missing: new Set() });
}

/** The variables a message uses, each once, in order of appearance. */
export function variablesOf(message: Message): string[] {
  const names = textsOf(message).flatMap((text) => [...text.matchAll(VARIABLE)].map((match) => match[1] ?? ''));
  return [...new Set(names)];
}

/** The text as it reads for somebody of whom nothing is known. */
export const withoutValues = (text: string): string => plain(text, { person: STRANGER, missing: new Set() });

const STRANGER: Person = { firstName: null, lastName: null, locale: null, attributes: {} };

interface Words {
  person: Person;
  missing: Set<string>;
}

function personaliseElement(element: Element, words: Words): Element {
  switch (element.kind) {
    case 'text':
      return { ...element, text: runs(element.text, words) };
    case 'image':
      return {
        ...element,
        source: address(element.source, words),
        ...(element.alt === undefined ? {} : { alt: plain(element.alt, words) }),
      };
    case 'buttons':
      return { ...element, rows: element.rows.map((row) => row.map((button) => personaliseButton(button, words))) };
    default:
      return element satisfies never;
  }
}

function personaliseButton(button: Button, words: Words): Button {
  const label = plain(button.label, words);
  switch (button.kind) {
    case 'link':
      return { ...button, label, url: address(button.url, words) };
    case 'message':
      return { ...button, label, ...(button.reply === undefined ? {} : { reply: runs(button.reply, words) }) };
    case 'buy':
    case 'contact':
      return { ...button, label };
    default:
      return button satisfies never;
  }
}

function runs(text: RichText, words: Words): RichText {
  if (!text.some((run) => hasVariable(run.text) || hasVariable(run.link ?? ''))) return text;
  const filled = text.map((run): Run => ({
    ...run,
    text: fill(run.text, words, (value) => value),
    ...(run.link === undefined ? {} : { link: address(run.link, words) }),
  }));
  return tidy(filled);
}

const plain = (text: string, words: Words): string =>
  hasVariable(text) ? (tidy([{ text: fill(text, words, (value) => value) }])[0]?.text ?? '') : text;

const address = (url: string, words: Words): string =>
  hasVariable(url) ? fill(url, words, encodeURIComponent).replaceAll(GAP, '') : url;

const hasVariable = (text: string): boolean => text.includes('{{');

function fill(text: string, { person, missing }: Words, encode: (value: string) => string): string {
  return text.replace(VARIABLE, (_, name: string, fallback: string | undefined) => {
    const value = valueOf(person, name);
    if (value !== '') return encode(value);
    missing.add(name);
    return fallback?.trim() ? encode(fallback.trim()) : GAP;
  });
}

function valueOf(person: Person, name: string): string {
  switch (name) {
    case 'first_name':
      return readable(person.firstName);
    case 'last_name':
      return readable(person.lastName);
    case 'name':
      return [readable(person.firstName), readable(person.lastName)].filter(Boolean).join(' ');
    case 'locale':
      return readable(person.locale);
    case 'email':
      return readable(person.email);
    case 'phone':
      return readable(person.phone);
    default: {
      const key = name.startsWith('attribute.') ? name.slice('attribute.'.length) : name;
      return Object.hasOwn(person.attributes, key) ? readable(person.attributes[key]) : '';
    }
  }
}

const readable = (value: AttributeValue | undefined): string =>
  (Array.isArray(value) ? value.join(', ') : String(value ?? '')).replaceAll(GAP, '').trim();

/** Gaps with nothing but spaces between them, and what a gap may strand on its right. */
const GAPS = new RegExp(`${GAP}(?:[^\\S\\n]*${GAP})*`, 'g');
const STRANDED_AT_LINE_START = /^[^\S\n]*[,;:.!?…–—-]*[^\S\n]*/;
const CLOSES = /^(?:$|[\s,;:.!?…)\]»”])/;
const SPACES_BEFORE = /[^\S\n]*$/;

/** Takes the gaps out of the whole text, whichever runs they and their neighbours are in; empty runs go too. */
function tidy(text: RichText): RichText {
  const whole = text.map((run) => run.text).join('');
  if (!whole.includes(GAP)) return text;
  const cuts: { from: number; to: number }[] = [];
  for (const match of whole.matchAll(GAPS)) {
    const left = whole.slice(cuts.at(-1)?.to ?? 0, match.index);
    const end = match.index + match[0].length;
    const right = whole.slice(end);
    const atLineStart = (left.trim() === '' && cuts.length === 0) || /\n[^\S\n]*$/.test(left);
    const spaces = SPACES_BEFORE.exec(left)?.[0].length ?? 0;
    if (atLineStart)
      cuts.push({ from: match.index - spaces, to: end + (STRANDED_AT_LINE_START.exec(right)?.[0].length ?? 0) });
    else cuts.push({ from: match.index - (CLOSES.test(right) ? spaces : 0), to: end });
  }
  let at = 0;
  return text.flatMap((run) => {
    const from = at;
    at += run.text.length;
    const kept = keep(run.text, from, cuts);
    return kept === '' && text.length > 1 ? [] : [{ ...run, text: kept }];
  });
}

function keep(text: string, offset: number, cuts: readonly { from: number; to: number }[]): string {
  let kept = '';
  let at = 0;
  for (const cut of cuts) {
    kept += text.slice(at, Math.max(at, cut.from - offset));
    at = Math.max(at, Math.min(text.length, cut.to - offset));
  }
  return kept + text.slice(at);
}

/** Every text of a message in which variables may stand. */
const textsOf = (message: Message): string[] =>
  message.elements.flatMap((element) => {
    switch (element.kind) {
      case 'text':
        return element.text.flatMap(runTexts);
      case 'image':
        return [element.source, element.alt ?? ''];
      case 'buttons':
        return element.rows
          .flat()
          .flatMap((button) => [
            button.label,
            ...(button.kind === 'link' ? [button.url] : []),
            ...(button.kind === 'message' ? (button.reply ?? []).flatMap(runTexts) : []),
          ]);
      default:
        return element satisfies never;
    }
  });

const runTexts = (run: Run): string[] => [run.text, run.link ?? ''];
