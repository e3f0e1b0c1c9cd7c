// One row of an import: the cells are checked and become a person, or the row is bad and says where, why and with which
// value. Nothing here knows a file or a database.
import { checkAttribute, parseInstant } from './attributes.ts';
import type { ColumnPlan } from './import-columns.ts';
import { Problem } from './problem.ts';
import { checkEmail, checkLocale, checkPhone, checkTimeZone } from './profile.ts';
import {
  type AttributeDefinition,
  type AttributeValue,
  CONNECTION_STATUSES,
  type ConnectionStatus,
} from './subscriber.ts';
import { cleanText, cut, lowerCase } from './text.ts';

/** What a row says about a person; only what the row fills in is there. */
export interface ImportedPerson {
  externalKey?: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  phone?: string;
  locale?: string;
  timeZone?: string;
  address?: string;
  status?: ConnectionStatus;
  subscribedAt?: number;
  tags: string[];
  attributes: Record<string, AttributeValue>;
}

export interface RowFault {
  /** The column's name; null for the whole row. */
  field: string | null;
  /** Key of the sentence. */
  code: string;
  value: string | null;
}

export type CheckedRow = { person: ImportedPerson } | { fault: RowFault };

const VALUE_LIMIT = 300;

export const rowFault = (field: string | null, code: string, value: string | null): RowFault => ({
  field: field === null ? null : cut(field, 120),
  code,
  value: value === null ? null : cut(cleanText(value), VALUE_LIMIT),
});

/** An address in the form in which its messenger names it; null for what is none. */
export type AddressOf = (written: string) => string | null;

/** `columns` are the header's names, `plan` what each becomes. The first fault of a row names it. */
export function checkRow(
  cells: readonly string[],
  columns: readonly string[],
  plan: ColumnPlan,
  addressOf: AddressOf = (written) => written,
): CheckedRow {
  const extra = cells.slice(columns.length).some((cell) => cell.trim() !== '');
  if (cells.length < columns.length || extra) return { fault: rowFault(null, 'row_columns', cells.join(' | ')) };
  const person: ImportedPerson = { tags: [], attributes: {} };
  for (const [index, column] of plan.entries()) {
    const cell = cleanText(cells[index] ?? '');
    if (column === null || cell === '') continue;
    const code =
      'attribute' in column
        ? takeAttribute(person, column.attribute, cell)
        : TAKE[column.target](person, cell, addressOf);
    if (code !== null) return { fault: rowFault(columns[index]!, code, cell) };
  }
  const known = person.address ?? person.externalKey ?? person.email ?? person.phone;
  return known === undefined ? { fault: rowFault(null, 'row_nobody', cells.join(' | ')) } : { person };
}

/** Each takes one cell into the person; answers the code of what is wrong with it, or null. */
type Take = (person: ImportedPerson, cell: string, addressOf: AddressOf) => string | null;

type TextKey = 'externalKey' | 'firstName' | 'lastName' | 'email' | 'phone' | 'locale' | 'timeZone';

const textUpTo =
  (key: TextKey, limit: number): Take =>
  (person, cell) => {
    if ([...cell].length > limit) return 'row_too_long';
    person[key] = cell;
    return null;
  };

const checkedBy =
  (key: TextKey, check: (text: string) => string | null, code: string): Take =>
  (person, cell) => {
    const value = check(cell);
    if (value === null) return code;
    person[key] = value;
    return null;
  };

const TAKE = {
  external_key: textUpTo('externalKey', 190),
  first_name: textUpTo('firstName', 200),
  last_name: textUpTo('lastName', 200),
  name: takeName,
  email: checkedBy('email', checkEmail, 'bad_email'),
  phone: checkedBy('phone', checkPhone, 'bad_phone'),
  locale: checkedBy('locale', checkLocale, 'bad_locale'),
  time_zone: checkedBy('timeZone', checkTimeZone, 'bad_time_zone'),
  tags: takeTags,
  address: takeAddress,
  status: takeStatus,
  subscribed_at: takeSubscribedAt,
} as const satisfies Record<string, Take>;

function takeAddress(person: ImportedPerson, cell: string, addressOf: AddressOf): string | null {
  if ([...cell].length > 190) return 'row_too_long';
  const address = addressOf(cell);
  if (address === null) return 'bad_address';
  person.address = address;
  return null;
}

/** The first word is the first name; columns of their own for the two names win. */
function takeName(person: ImportedPerson, cell: string): string | null {
  const [first, ...rest] = cell.split(/\s+/);
  const last = rest.join(' ');
  if ([...first!].length > 200 || [...last].length > 200) return 'row_too_long';
  person.firstName ??= first!;
  if (last !== '') person.lastName ??= last;
  return null;
}

const splitList = (cell: string): string[] =>
  (cell.includes('|') ? cell.split('|') : cell.split(/[,;]/)).map((part) => part.trim()).filter((part) => part !== '');

function takeTags(person: ImportedPerson, cell: string): string | null {
  const tags = splitList(cell);
  if (tags.some((tag) => [...tag].length > 120)) return 'row_too_long';
  person.tags.push(...tags);
  return null;
}

function takeStatus(person: ImportedPerson, cell: string): string | null {
  const status = CONNECTION_STATUSES.find((one) => one === cell.toLowerCase());
  if (!status) return 'bad_status';
  person.status = status;
  return null;
}

function takeSubscribedAt(person: ImportedPerson, cell: string): string | null {
  const at = parseInstant(isoDate(cell));
  if (at === null) return 'bad_date';
  person.subscribedAt = at;
  return null;
}

function takeAttribute(person: ImportedPerson, definition: AttributeDefinition, cell: string): string | null {
  const value = READ[definition.type](cell);
  if (value === null) return `bad_${definition.type}`;
  try {
    person.attributes[definition.key] = checkAttribute(definition, value, definition.key);
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.code === 'attribute_too_long' ? 'row_too_long' : `bad_${definition.type}`;
  }
}

/** A cell as a value of each type; null when it cannot be one. */
const READ = {
  text: (cell) => cell,
  number: readNumber,
  boolean: readBoolean,
  date: isoDate,
  list: splitList,
  choice: (cell) => cell,
  choices: splitList,
} as const satisfies Record<AttributeDefinition['type'], (cell: string) => unknown>;

/** `1 234,5` and `1234.5`; a comma is the decimal sign. */
function readNumber(cell: string): number | null {
  const bare = cell.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(bare) ? Number(bare) : null;
}

const YES = new Set(['true', 'yes', 'y', '1', '+', 'так', 'да', 'sí', 'si', 'có']);
const NO = new Set(['false', 'no', 'n', '0', '-', 'ні', 'нет', 'không']);

function readBoolean(cell: string): boolean | null {
  const word = lowerCase(cell);
  if (YES.has(word)) return true;
  return NO.has(word) ? false : null;
}

/** `22.11.2026` becomes `2026-11-22`; with slashes nobody can tell day from month, so those stay and are refused. */
function isoDate(cell: string): string {
  const match = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$/.exec(cell);
  if (!match) return cell;
  const [, day, month, year, time] = match;
  return `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}${time ? `T${time}` : ''}`;
}
