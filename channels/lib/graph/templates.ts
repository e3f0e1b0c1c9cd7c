// The templates the platform has approved for an account. Only those are offered that can be filled in as an author does:
// numbered place-holders in the body, and nothing to fill in elsewhere.
import type { TemplateInfo } from '../../../src/domain/template.ts';
import type { GraphAccess, GraphClient } from './client.ts';
import { asRecords, asText, isRecord, type JsonRecord } from '../json.ts';

const PAGE_SIZE = '100';
/** Accounts have up to 6000 templates; nobody chooses among more than these. */
const MOST_PAGES = 10;
const MAX_PARAMETERS = 20;

export async function listTemplates(graph: GraphClient, access: GraphAccess, path: string): Promise<TemplateInfo[]> {
  const found: TemplateInfo[] = [];
  let after = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: PAGE_SIZE, ...(after === '' ? {} : { after }) };
    const answer = await graph.call(access, { method: 'GET', path: `${path}/message_templates`, query });
    found.push(...asRecords(answer.data).flatMap((template) => readTemplate(template) ?? []));
    after = nextOf(answer.paging);
    if (after === '') break;
  }
  return found;
}

const nextOf = (paging: unknown): string =>
  isRecord(paging) && asText(paging.next) !== '' && isRecord(paging.cursors) ? asText(paging.cursors.after) : '';

export function readTemplate(template: JsonRecord): TemplateInfo | null {
  const status = asText(template.status);
  const format = asText(template.parameter_format);
  if ((status !== '' && status !== 'APPROVED') || format === 'NAMED') return null;
  const components = asRecords(template.components);
  const body = components.find((component) => asText(component.type).toUpperCase() === 'BODY');
  // Pages list the text of the body by itself.
  const text = body ? asText(body.text) : asText(template.body);
  const elsewhere = components.filter((component) => component !== body);
  const name = asText(template.name);
  const language = asText(template.language);
  const parameters = countPlaceholders(text);
  if (name === '' || language === '' || text === '' || parameters === null || elsewhere.some(wantsMore)) return null;
  return { name, language, text, parameters };
}

/** How many there are; null where they cannot be filled in by number. */
function countPlaceholders(text: string): number | null {
  const numbers = [...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map((match) => Number(match[1]));
  const most = Math.max(0, ...numbers);
  if (numbers.some((number) => !Number.isInteger(number) || number < 1) || most > MAX_PARAMETERS) return null;
  return most;
}

const MEDIA = new Set(['IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION', 'PRODUCT']);

/** A picture in the header, a place-holder in a button: things that must be given with each send. */
function wantsMore(component: JsonRecord): boolean {
  const { text, format, buttons } = component;
  return JSON.stringify([text, buttons])?.includes('{{') || MEDIA.has(asText(format).toUpperCase());
}
