// An audience is a tree of conditions over subscribers, resolved when a message is due and never frozen earlier.
// Conditions on `connection.*` speak of the connection over which the message would go.
import * as z from 'zod';
import { CONNECTION_STATUSES, type AttributeDefinition } from './subscriber.ts';

export interface Condition {
  field: string;
  operator: string;
  value?: unknown;
}
export type Filter = { all: Filter[] } | { any: Filter[] } | { not: Filter } | Condition;

const conditionSchema = z.strictObject({
  field: z.string().min(1).max(120),
  operator: z.string().min(1).max(40),
  value: z.unknown().optional(),
});

/** The outer shape only; fields, operators and values are checked by `parseFilter` against the known fields. */
export const filterSchema: z.ZodType<Filter> = z
  .lazy(() =>
    z.union([
      z.strictObject({ all: z.array(filterSchema).max(100) }),
      z.strictObject({ any: z.array(filterSchema).max(100) }),
      z.strictObject({ not: filterSchema }),
      conditionSchema,
    ]),
  )
  .meta({ id: 'Filter' });

export const DEFAULT_FILTER: Filter = { all: [{ field: 'connection.status', operator: 'is', value: 'active' }] };

/** What kind of value a field holds: decides its operators and the control that edits it. */
export const FIELD_TYPES = [
  'text',
  'number',
  'boolean',
  'date',
  'list',
  'choice',
  'choices',
  'enum',
  'campaign',
  'ids',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface Field {
  /** `connection.status`, `tag`, `attribute.city` … */
  name: string;
  type: FieldType;
  /** Grouping in the menu: profile, connection, tags, campaigns. */
  group: 'profile' | 'connection' | 'tags' | 'campaigns';
  /** Permitted values of a closed set. */
  values?: readonly string[];
}

/** Operators by type. Values: one, a list (`any_of`, `none_of`), two (`between`), a number of days, or none. */
export const OPERATORS = {
  text: [
    'is',
    'is_not',
    'contains',
    'does_not_contain',
    'starts_with',
    'any_of',
    'none_of',
    'is_empty',
    'is_not_empty',
  ],
  number: ['is', 'is_not', 'at_least', 'at_most', 'between', 'is_empty', 'is_not_empty'],
  boolean: ['is', 'is_empty', 'is_not_empty'],
  // Dates are ISO 8601 instants or dates (UTC); `in_last_days` counts back from now.
  date: ['before', 'after', 'between', 'in_last_days', 'not_in_last_days', 'is_empty', 'is_not_empty'],
  list: ['has', 'has_not', 'is_empty', 'is_not_empty'],
  choice: ['is', 'is_not', 'any_of', 'none_of', 'is_empty', 'is_not_empty'],
  choices: ['has', 'has_not', 'is_empty', 'is_not_empty'],
  enum: ['is', 'is_not', 'any_of', 'none_of'],
  // The value is a campaign's public id, or `any`.
  campaign: [
    'received',
    'not_received',
    'opened',
    'not_opened',
    'clicked',
    'not_clicked',
    'clicked_buy',
    'not_clicked_buy',
    'ordered',
    'not_ordered',
  ],
  ids: ['any_of', 'none_of'],
} as const satisfies Record<FieldType, readonly string[]>;

/** The fields every workspace has; attributes add `attribute.<key>`. */
export const CORE_FIELDS = [
  { name: 'first_name', type: 'text', group: 'profile' },
  { name: 'last_name', type: 'text', group: 'profile' },
  { name: 'email', type: 'text', group: 'profile' },
  { name: 'phone', type: 'text', group: 'profile' },
  { name: 'locale', type: 'text', group: 'profile' },
  { name: 'time_zone', type: 'text', group: 'profile' },
  { name: 'subscriber', type: 'ids', group: 'profile' },
  {
    name: 'connection.status',
    type: 'enum',
    group: 'connection',
    values: CONNECTION_STATUSES,
  },
  { name: 'connection.channel', type: 'enum', group: 'connection' },
  { name: 'connection.bot', type: 'enum', group: 'connection' },
  { name: 'subscribed_at', type: 'date', group: 'connection' },
  { name: 'last_seen_at', type: 'date', group: 'connection' },
  { name: 'tag', type: 'list', group: 'tags' },
  { name: 'campaign', type: 'campaign', group: 'campaigns' },
] as const satisfies readonly Field[];

/** Operators that mean the opposite of another. What is not known makes the opposite true: nobody is lost between the two. */
export const OPPOSITES: Readonly<Record<string, string>> = {
  is_not: 'is',
  does_not_contain: 'contains',
  none_of: 'any_of',
  is_not_empty: 'is_empty',
  has_not: 'has',
  not_in_last_days: 'in_last_days',
  not_received: 'received',
  not_opened: 'opened',
  not_clicked: 'clicked',
  not_clicked_buy: 'clicked_buy',
  not_ordered: 'ordered',
};

/** The value that stands for every campaign. */
export const ANY_CAMPAIGN = 'any';

const ATTRIBUTE_FIELD_TYPES = {
  text: 'text',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  list: 'list',
  choice: 'choice',
  choices: 'choices',
} as const satisfies Record<AttributeDefinition['type'], FieldType>;

export const fieldsWith = (attributes: readonly AttributeDefinition[]): Field[] => [
  ...CORE_FIELDS,
  ...attributes.map((attribute): Field => ({
    name: `attribute.${attribute.key}`,
    type: ATTRIBUTE_FIELD_TYPES[attribute.type],
    group: 'profile',
    ...(attribute.choices.length > 0 ? { values: attribute.choices } : {}),
  })),
];
