// Reads a filter from the outside in two stages: its shape (parse), then fields, operators and values against what this
// workspace knows (check). Every complaint names the place, what it got, and what is permitted.
import { type Condition, type Field, type FieldType, type Filter, OPERATORS } from './audience.ts';
import { parseInstant } from './attributes.ts';
import { type FieldProblem, Problem } from './problem.ts';
import { cleanText, cut } from './text.ts';

const MAX_DEPTH = 12;
const MAX_CONDITIONS = 300;
const MAX_LIST = 10_000;
const MAX_TEXT = 500;
const MAX_DAYS = 36_500;

/** The filter with its values brought into their stored form; throws `filter` with one field problem per fault. */
export function parseFilter(json: unknown, fields: readonly Field[], path = 'audience'): Filter {
  const faults: FieldProblem[] = [];
  const context: Context = {
    fields: new Map(fields.map((field) => [field.name, field])),
    conditions: 0,
    refuse: (at, code, params = {}) => void faults.push({ path: at, code, params }),
  };
  const filter = parseNode(json, path, 1, context);
  if (context.conditions > MAX_CONDITIONS)
    context.refuse(path, 'filter_too_long', { got: context.conditions, max: MAX_CONDITIONS });
  if (faults.length > 0) throw new Problem('filter', { count: faults.length }, faults);
  return filter;
}

interface Context {
  fields: ReadonlyMap<string, Field>;
  conditions: number;
  refuse(path: string, code: string, params?: Record<string, string | number>): void;
}

/** Stands in for a node that was refused; never leaves `parseFilter`. */
const NOTHING: Filter = { all: [] };

// --- Parse: the shape -----------------------------------------------------------------------

function parseNode(json: unknown, path: string, depth: number, context: Context): Filter {
  if (depth > MAX_DEPTH) {
    context.refuse(path, 'filter_too_deep', { max: MAX_DEPTH });
    return NOTHING;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refuseShape(json, path, context);
  const node = json as Record<string, unknown>;
  const keys = Object.keys(node);
  if (keys.length === 1 && keys[0] === 'not') return { not: parseNode(node.not, `${path}.not`, depth + 1, context) };
  if (keys.length === 1 && keys[0] === 'all') return { all: parseNodes(node.all, `${path}.all`, depth, context) };
  if (keys.length === 1 && keys[0] === 'any') return { any: parseNodes(node.any, `${path}.any`, depth, context) };
  const { field, operator, value, ...rest } = node;
  if (typeof field !== 'string' || typeof operator !== 'string' || Object.keys(rest).length > 0)
    return refuseShape(json, path, context);
  context.conditions += 1;
  return checkCondition({ field, operator, value }, path, context);
}

function parseNodes(json: unknown, path: string, depth: number, context: Context): Filter[] {
  if (Array.isArray(json)) return json.map((one, index) => parseNode(one, `${path}.${index}`, depth + 1, context));
  context.refuse(path, 'filter_group', { got: describe(json) });
  return [];
}

function refuseShape(json: unknown, path: string, context: Context): Filter {
  context.refuse(path, 'filter_shape', { got: describe(json) });
  return NOTHING;
}

// --- Check: fields, operators, values -------------------------------------------------------

function checkCondition(condition: Condition, path: string, context: Context): Filter {
  const field = context.fields.get(condition.field);
  if (!field) {
    context.refuse(`${path}.field`, 'filter_field', {
      got: cut(condition.field, 80),
      permitted: [...context.fields.keys()].join(', '),
    });
    return NOTHING;
  }
  const permitted: readonly string[] = OPERATORS[field.type];
  if (!permitted.includes(condition.operator)) {
    context.refuse(`${path}.operator`, 'filter_operator', {
      field: field.name,
      got: cut(condition.operator, 80),
      permitted: permitted.join(', '),
    });
    return NOTHING;
  }
  const { value, fault } = checkValue(field, condition.operator, condition.value);
  if (fault) {
    context.refuse(`${path}.value`, fault.code, {
      field: field.name,
      operator: condition.operator,
      got: describe(condition.value),
      ...fault.params,
    });
    return NOTHING;
  }
  const { operator } = condition;
  return value === undefined ? { field: field.name, operator } : { field: field.name, operator, value };
}

interface Checked {
  value?: unknown;
  fault?: { code: string; params?: Record<string, string | number> };
}

const no = (code: string, params: Record<string, string | number> = {}): Checked => ({ fault: { code, params } });

function checkValue(field: Field, operator: string, value: unknown): Checked {
  switch (operator) {
    case 'is_empty':
    case 'is_not_empty':
      return value === undefined || value === null ? {} : no('filter_value_none');
    case 'any_of':
    case 'none_of':
      return checkList(field, value);
    case 'between':
      return checkPair(field, value);
    case 'in_last_days':
    case 'not_in_last_days':
      return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_DAYS
        ? { value }
        : no('filter_value_days', { min: 1, max: MAX_DAYS });
    default:
      return ONE[field.type](field, value);
  }
}

function checkList(field: Field, value: unknown): Checked {
  if (!Array.isArray(value) || value.length === 0) return no('filter_value_list');
  if (value.length > MAX_LIST) return no('filter_value_list_too_long', { max: MAX_LIST });
  const items = value.map((one) => ONE[field.type](field, one));
  return items.find((item) => item.fault) ?? { value: [...new Set(items.map((item) => item.value))] };
}

function checkPair(field: Field, value: unknown): Checked {
  if (!Array.isArray(value) || value.length !== 2) return no('filter_value_pair');
  const [low, high] = value.map((one) => ONE[field.type](field, one));
  if (low?.fault || high?.fault) return low?.fault ? low : high!;
  const order =
    field.type === 'date' ? parseInstant(value[0] as string)! - parseInstant(value[1] as string)! : value[0] - value[1];
  return order > 0 ? no('filter_value_pair_order') : { value };
}

/** Checks one value of each type of field. */
const ONE = {
  text: (_field, value) => checkText(value),
  number: (_field, value) =>
    typeof value === 'number' && Number.isFinite(value) ? { value } : no('filter_value_number'),
  boolean: (_field, value) => (typeof value === 'boolean' ? { value } : no('filter_value_boolean')),
  date: (_field, value) =>
    typeof value === 'string' && parseInstant(value) !== null ? { value } : no('filter_value_date'),
  list: (_field, value) => checkText(value),
  choice: checkPermitted,
  choices: checkPermitted,
  enum: checkPermitted,
  campaign: (_field, value) => checkId(value, 'filter_value_campaign'),
  ids: (_field, value) => checkId(value, 'filter_value_id'),
} as const satisfies Record<FieldType, (field: Field, value: unknown) => Checked>;

function checkText(value: unknown): Checked {
  if (typeof value !== 'string') return no('filter_value_text');
  const clean = cleanText(value);
  if (clean === '') return no('filter_value_missing');
  return clean.length > MAX_TEXT ? no('filter_value_too_long', { max: MAX_TEXT }) : { value: clean };
}

function checkPermitted(field: Field, value: unknown): Checked {
  const text = checkText(value);
  if (text.fault || !field.values || field.values.includes(text.value as string)) return text;
  return no('filter_value_permitted', { permitted: field.values.join(', ') });
}

const checkId = (value: unknown, code: string): Checked =>
  typeof value === 'string' && /^[A-Za-z0-9]{1,24}$/.test(value) ? { value } : no(code);

const describe = (value: unknown): string =>
  cut(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'), 80);
