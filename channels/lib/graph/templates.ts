// The templates of an account as the platform lists them, each with how it stands. Only those are fit for an author that can
// be filled in by numbered place-holders in the body, and where a platform takes it, by the end of a button's address.
import type { TemplateInfo, TemplateState } from '../../../src/domain/template.ts';
import type { GraphAccess, GraphClient } from './client.ts';
import { asRecords, asText, isRecord, type JsonRecord } from '../json.ts';

const PAGE_SIZE = '100';
/** Accounts have up to 6000 templates; nobody chooses among more than these. */
const MOST_PAGES = 10;
const MAX_PARAMETERS = 20;

export interface TemplateStyle {
  /** Whether the end of a button's address may be given with a send. */
  addressEnds: boolean;
}

export async function listTemplates(
  graph: GraphClient,
  access: GraphAccess,
  path: string,
  style: TemplateStyle,
): Promise<TemplateInfo[]> {
  const found: TemplateInfo[] = [];
  let after = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: PAGE_SIZE, ...(after === '' ? {} : { after }) };
    const answer = await graph.call(access, { method: 'GET', path: `${path}/message_templates`, query });
    found.push(...asRecords(answer.data).flatMap((template) => readTemplate(template, style) ?? []));
    after = nextOf(answer.paging);
    if (after === '') break;
  }
  return found;
}

const nextOf = (paging: unknown): string =>
  isRecord(paging) && asText(paging.next) !== '' && isRecord(paging.cursors) ? asText(paging.cursors.after) : '';

export function readTemplate(template: JsonRecord, { addressEnds }: TemplateStyle): TemplateInfo | null {
  const components = asRecords(template.components);
  const body = components.find((component) => typeOf(component) === 'BODY');
  // Pages list the text of the body by itself.
  const text = body ? asText(body.text) : asText(template.body);
  const [name, language] = [asText(template.name), asText(template.language)];
  if (name === '' || language === '') return null;
  const parameters = countPlaceholders(text);
  const all = components.flatMap((component) => (typeOf(component) === 'BUTTONS' ? asRecords(component.buttons) : []));
  const buttons = all.flatMap((button, index) => endOf(button, index) ?? []);
  const fits =
    text !== '' &&
    parameters !== null &&
    asText(template.parameter_format) !== 'NAMED' &&
    components.every((component) => component === body || isComplete(component)) &&
    all.every((button) => isGiven(button) || (addressEnds && endOf(button, 0) !== null));
  const state = stateOf(asText(template.status).toUpperCase());
  return {
    name,
    language,
    text,
    parameters: parameters ?? 0,
    state: state === 'approved' && !fits ? 'unfit' : state,
    buttons: addressEnds ? buttons : [],
    fixedLinks: all.filter((button) => typeOf(button) === 'URL' && isGiven(button)).length,
  };
}

/** Pages name no state: what they list can be sent. */
const STATES: Readonly<Record<string, TemplateState>> = {
  '': 'approved',
  APPROVED: 'approved',
  PENDING: 'waiting',
  IN_APPEAL: 'waiting',
  PAUSED: 'paused',
};

/** Rejected, disabled, being deleted, archived: it has to be mended, or another one taken. */
const stateOf = (status: string): TemplateState => STATES[status] ?? 'refused';

const typeOf = (record: JsonRecord): string => asText(record.type).toUpperCase();

/** How many there are; null where they cannot be filled in by number. */
function countPlaceholders(text: string): number | null {
  const numbers = [...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map((match) => Number(match[1]));
  const most = Math.max(0, ...numbers);
  if (numbers.some((number) => !Number.isInteger(number) || number < 1) || most > MAX_PARAMETERS) return null;
  return most;
}

/** Nothing has to be given with a send: no picture above it, no place-holder in the line above, no cards, no offers. */
function isComplete(component: JsonRecord): boolean {
  switch (typeOf(component)) {
    case 'HEADER':
      return ['', 'TEXT'].includes(asText(component.format).toUpperCase()) && !asText(component.text).includes('{{');
    case 'FOOTER':
    case 'BUTTONS':
      return true;
    default:
      return false;
  }
}

const PLAIN_BUTTONS: ReadonlySet<string> = new Set(['URL', 'QUICK_REPLY', 'PHONE_NUMBER', 'POSTBACK']);

const isGiven = (button: JsonRecord): boolean =>
  PLAIN_BUTTONS.has(typeOf(button)) && !JSON.stringify([button.url, button.text]).includes('{{');

/** A button whose address ends in a place-holder: the platform allows one, at the very end. */
function endOf(button: JsonRecord, index: number): { index: number; label: string; base: string } | null {
  const base = /^(https?:\/\/[^{}]*)\{\{\s*1\s*\}\}$/i.exec(asText(button.url))?.[1];
  return typeOf(button) === 'URL' && base !== undefined ? { index, label: asText(button.text), base } : null;
}
