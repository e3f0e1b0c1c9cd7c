// Attribute values: every writer brings them into the one form that is stored, so that filters can compare them.
// Dates are `YYYY-MM-DD` at midnight UTC and full instants otherwise, so that text order is order in time.
import { DateTime } from 'luxon';
import { fieldProblem } from './problem.ts';
import type { AttributeDefinition, AttributeValue } from './subscriber.ts';
import { cleanText, cut } from './text.ts';

const TEXT_LIMIT = 2000;
const ITEM_LIMIT = 500;
const LIST_LIMIT = 100;

/** A date or an instant of ISO 8601 as UTC milliseconds; without an offset it is UTC. Null when it is neither. */
export function parseInstant(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return null;
  const time = DateTime.fromISO(text.replace(' ', 'T'), { zone: 'utc' });
  return time.isValid ? time.toMillis() : null;
}

export const isDateOnly = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** The stored form of an instant. */
export const storedDate = (at: number): string => new Date(at).toISOString().replace('T00:00:00.000Z', '');

/** The value as it is stored; null clears it. Throws a problem at `path` that says what is permitted. */
export function checkAttribute(definition: AttributeDefinition, value: unknown, path: string): AttributeValue {
  if (value === null || value === '') return null;
  const refuse = (code: string, params: Record<string, string | number> = {}): never => {
    throw fieldProblem(path, code, { attribute: definition.name, got: cut(describe(value), 80), ...params });
  };
  const text = (limit: number, item: unknown): string => {
    if (typeof item !== 'string') return refuse('attribute_text');
    const clean = cleanText(item);
    return [...clean].length > limit ? refuse('attribute_too_long', { max: limit }) : clean;
  };
  const choice = (item: unknown): string => {
    const clean = text(ITEM_LIMIT, item);
    return definition.choices.includes(clean)
      ? clean
      : refuse('attribute_choice', { permitted: definition.choices.join(', ') });
  };
  const list = (check: (item: unknown) => string): AttributeValue => {
    if (!Array.isArray(value)) return refuse('attribute_list');
    const items = [...new Set(value.map(check).filter((item) => item !== ''))];
    if (items.length > LIST_LIMIT) return refuse('attribute_list_too_long', { max: LIST_LIMIT });
    return items.length > 0 ? items : null;
  };
  switch (definition.type) {
    case 'text':
      return text(TEXT_LIMIT, value) || null;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : refuse('attribute_number');
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse('attribute_boolean');
    case 'date': {
      const at = typeof value === 'string' ? parseInstant(value) : null;
      return at === null ? refuse('attribute_date') : storedDate(at);
    }
    case 'list':
      return list((item) => text(ITEM_LIMIT, item));
    case 'choice':
      return choice(value);
    case 'choices':
      return list(choice);
    default:
      return definition.type satisfies never;
  }
}

/** The attributes after a change; an attribute set to null is gone. */
export function mergeAttributes(
  before: Readonly<Record<string, AttributeValue>>,
  change: Readonly<Record<string, AttributeValue>>,
): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null));
}

const describe = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
