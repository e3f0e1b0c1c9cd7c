// A filter in the page's address: JSON, left out when it asks nothing.
import type { Filter } from '../shapes.ts';

export const conditionCount = (filter: Filter): number =>
  'field' in filter
    ? 1
    : 'not' in filter
      ? conditionCount(filter.not)
      : ('all' in filter ? filter.all : filter.any).reduce((sum, part) => sum + conditionCount(part), 0);

export const writeFilter = (filter: Filter): string | undefined =>
  conditionCount(filter) === 0 ? undefined : JSON.stringify(filter);

/** Null for anything that is no filter; the server checks the rest. */
export function readFilter(text: string | undefined): Filter | null {
  if (!text) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isFilter(value) ? value : null;
  } catch {
    return null;
  }
}

function isFilter(value: unknown): value is Filter {
  if (typeof value !== 'object' || value === null) return false;
  if ('all' in value) return Array.isArray(value.all) && value.all.every(isFilter);
  if ('any' in value) return Array.isArray(value.any) && value.any.every(isFilter);
  if ('not' in value) return isFilter(value.not);
  return (
    'field' in value && 'operator' in value && typeof value.field === 'string' && typeof value.operator === 'string'
  );
}
