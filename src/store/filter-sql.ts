// A filter as SQL over the aliases `s` (subscribers) and `c` (the connection the message would go over). Under a `not`
// every leaf is made to answer yes or no, so that nobody is lost to NULL. Its meaning is `domain/audience-match.ts`.
import type { Knex } from 'knex';
import { dateSpan, type Span } from '../domain/audience-match.ts';
import { ANY_CAMPAIGN, type Condition, type Filter, OPPOSITES } from '../domain/audience.ts';
import { storedDate } from '../domain/attributes.ts';
import { lowerCase } from '../domain/text.ts';
import type { BotStatus } from './bots.ts';
import type { Database } from './database.ts';
import { isMysql } from './database.ts';

export type Binding = string | number;

export interface Fragment {
  sql: string;
  bindings: Binding[];
}

export interface FilterContext {
  now: number;
  bots: readonly { id: number; publicId: string; channel: string; status: BotStatus }[];
  dialect: Dialect;
  /** The subscriber ids (from < id ≤ to) the question is about: sub-selects then read no others. */
  range?: { from: number; to: number };
}

/** Reading one attribute: NULL unless it holds a value of that type. */
interface Dialect {
  lower(sql: string): string;
  text(path: string): Fragment;
  number(path: string): Fragment;
  boolean(path: string): Fragment;
  listHas(path: string, value: string): Fragment;
  empty(path: string): Fragment;
}

const SQLITE: Dialect = {
  lower: (sql) => `unicode_lower(${sql})`,
  text: (path) => ofType(path, ["'text'"], 'json_extract(s.attributes, ?)'),
  number: (path) => ofType(path, ["'integer'", "'real'"], 'json_extract(s.attributes, ?)'),
  boolean: (path) => ofType(path, ["'true'", "'false'"], 'json_extract(s.attributes, ?)'),
  listHas: (path, value) => ({
    sql: `(json_type(s.attributes, ?) = 'array' and ? in (select value from json_each(s.attributes, ?)))`,
    bindings: [path, value, path],
  }),
  empty: (path) => ({ sql: `coalesce(s.attributes -> ?, 'null') in ('null', '""', '[]')`, bindings: [path] }),
};

const ofType = (path: string, types: string[], value: string): Fragment => ({
  sql: `case when json_type(s.attributes, ?) in (${types.join(', ')}) then ${value} end`,
  bindings: [path, path],
});

const MYSQL: Dialect = {
  lower: (sql) => `lower(${sql})`,
  text: (path) => ofMysqlType(path, ["'STRING'"], 'json_unquote(json_extract(s.attributes, ?))'),
  number: (path) =>
    ofMysqlType(
      path,
      ["'INTEGER'", "'DOUBLE'", "'DECIMAL'", "'UNSIGNED INTEGER'"],
      'cast(json_unquote(json_extract(s.attributes, ?)) as double)',
    ),
  boolean: (path) => ofMysqlType(path, ["'BOOLEAN'"], "json_unquote(json_extract(s.attributes, ?)) = 'true'"),
  listHas: (path, value) => ({
    sql: `(json_type(json_extract(s.attributes, ?)) = 'ARRAY' and json_contains(s.attributes, json_quote(?), ?))`,
    bindings: [path, value, path],
  }),
  empty: (path) => ({
    sql: `coalesce(cast(json_extract(s.attributes, ?) as char), 'null') in ('null', '""', '[]')`,
    bindings: [path],
  }),
};

const ofMysqlType = (path: string, types: string[], value: string): Fragment => ({
  sql: `case when json_type(json_extract(s.attributes, ?)) in (${types.join(', ')}) then ${value} end`,
  bindings: [path, path],
});

/** What compiling needs to know of this workspace; one small query. */
export async function filterContext(db: Database, now: number): Promise<FilterContext> {
  const rows: { id: number; public_id: string; channel: string; status: BotStatus }[] = await db('bots').select(
    'id',
    'public_id',
    'channel',
    'status',
  );
  return {
    now,
    bots: rows.map((row) => ({ id: row.id, publicId: row.public_id, channel: row.channel, status: row.status })),
    dialect: isMysql(db) ? MYSQL : SQLITE,
  };
}

/** Narrows a query that has the aliases `s` and `c` to the people of a checked filter. */
export function applyFilter<Query extends Knex.QueryBuilder>(
  query: Query,
  filter: Filter,
  context: FilterContext,
): Query {
  const { sql, bindings } = toCondition(filter, context);
  return query.whereRaw(sql, bindings) as Query;
}

/** The filter as one SQL expression; never empty. */
export const toCondition = (filter: Filter, context: FilterContext): Fragment => compile(filter, context, false);

function compile(filter: Filter, context: FilterContext, negated: boolean): Fragment {
  if ('all' in filter)
    return join(
      filter.all.map((one) => compile(one, context, negated)),
      'and',
      '1 = 1',
    );
  if ('any' in filter)
    return join(
      filter.any.map((one) => compile(one, context, negated)),
      'or',
      '1 = 0',
    );
  if ('not' in filter) return not(compile(filter.not, context, true));
  const positive = OPPOSITES[filter.operator];
  if (positive !== undefined) return not(definite(leaf({ ...filter, operator: positive }, context)));
  return negated ? definite(leaf(filter, context)) : leaf(filter, context);
}

const join = (parts: Fragment[], word: 'and' | 'or', empty: string): Fragment =>
  parts.length === 0
    ? { sql: empty, bindings: [] }
    : { sql: `(${parts.map((part) => part.sql).join(` ${word} `)})`, bindings: parts.flatMap((part) => part.bindings) };

const not = ({ sql, bindings }: Fragment): Fragment => ({ sql: `not (${sql})`, bindings });

const definite = ({ sql, bindings }: Fragment): Fragment => ({ sql: `coalesce(${sql}, 0)`, bindings });

const NOBODY: Fragment = { sql: '1 = 0', bindings: [] };

// --- Leaves ---------------------------------------------------------------------------------

const COLUMNS: Readonly<Record<string, string>> = {
  first_name: 's.first_name',
  last_name: 's.last_name',
  email: 's.email',
  phone: 's.phone',
  locale: 's.locale',
  time_zone: 's.time_zone',
  subscriber: 's.public_id',
  'connection.status': 'c.status',
  subscribed_at: 'c.subscribed_at',
  last_seen_at: 's.last_seen_at',
};

function leaf(condition: Condition, context: FilterContext): Fragment {
  const { field } = condition;
  if (field.startsWith('attribute.')) return attributeLeaf(condition, context);
  if (field === 'tag') return tagLeaf(condition, context);
  if (field === 'campaign') return campaignLeaf(condition, context);
  if (field === 'connection.channel') return botLeaf(condition, context, (bot) => bot.channel);
  if (field === 'connection.bot') return botLeaf(condition, context, (bot) => bot.publicId);
  const column: Fragment = { sql: COLUMNS[field]!, bindings: [] };
  if (condition.operator === 'is_empty') return { sql: `${column.sql} is null`, bindings: [] };
  if (field.endsWith('_at')) return spanLeaf(column, dateSpan(condition, context.now), (at) => at);
  return textLeaf(column, condition, context.dialect);
}

function textLeaf(value: Fragment, condition: Condition, dialect: Dialect): Fragment {
  const part = (): Binding[] => [...value.bindings, lowerCase(condition.value as string)];
  switch (condition.operator) {
    case 'contains':
      return { sql: `instr(${dialect.lower(value.sql)}, ?) > 0`, bindings: part() };
    case 'starts_with':
      return { sql: `instr(${dialect.lower(value.sql)}, ?) = 1`, bindings: part() };
    case 'any_of':
      return inList(value, condition.value as Binding[]);
    default:
      return { sql: `${value.sql} = ?`, bindings: [...value.bindings, condition.value as Binding] };
  }
}

const inList = (value: Fragment, list: readonly Binding[]): Fragment =>
  list.length === 0
    ? NOBODY
    : { sql: `${value.sql} in (${list.map(() => '?').join(', ')})`, bindings: [...value.bindings, ...list] };

function spanLeaf(value: Fragment, { from, to }: Span, bind: (at: number) => Binding): Fragment {
  const parts: Fragment[] = [];
  if (from !== null) parts.push({ sql: `${value.sql} >= ?`, bindings: [...value.bindings, bind(from)] });
  if (to !== null) parts.push({ sql: `${value.sql} < ?`, bindings: [...value.bindings, bind(to)] });
  return join(parts, 'and', '1 = 1');
}

function attributeLeaf(condition: Condition, { dialect, now }: FilterContext): Fragment {
  const path = `$.${condition.field.slice('attribute.'.length)}`;
  const { operator, value } = condition;
  switch (operator) {
    case 'is_empty':
      return dialect.empty(path);
    case 'has':
      return dialect.listHas(path, value as string);
    case 'before':
    case 'after':
    case 'in_last_days':
      return spanLeaf(dialect.text(path), dateSpan(condition, now), storedDate);
    case 'at_least':
    case 'at_most': {
      const held = dialect.number(path);
      return {
        sql: `${held.sql} ${operator === 'at_least' ? '>=' : '<='} ?`,
        bindings: [...held.bindings, value as number],
      };
    }
    case 'between': {
      const [low, high] = value as [Binding, Binding];
      if (typeof low === 'string') return spanLeaf(dialect.text(path), dateSpan(condition, now), storedDate);
      const held = dialect.number(path);
      return { sql: `${held.sql} between ? and ?`, bindings: [...held.bindings, low, high] };
    }
    default:
      if (typeof value === 'number') return textLeaf(dialect.number(path), condition, dialect);
      if (typeof value === 'boolean')
        return textLeaf(dialect.boolean(path), { ...condition, value: Number(value) }, dialect);
      return textLeaf(dialect.text(path), condition, dialect);
  }
}

/**
 * People named in another table. Bounded by the range, the sub-select is read once for the slice (measured faster than
 * asking for each person); without a range it is asked for each person, so that it never reads a whole table.
 */
function namedIn(table: string, condition: Fragment, { range }: FilterContext): Fragment {
  const bounds: Fragment = range
    ? { sql: 'subscriber_id > ? and subscriber_id <= ?', bindings: [range.from, range.to] }
    : { sql: 'subscriber_id = s.id', bindings: [] };
  return {
    sql: `s.id in (select subscriber_id from ${table} where ${bounds.sql} and ${condition.sql})`,
    bindings: [...bounds.bindings, ...condition.bindings],
  };
}

function tagLeaf(condition: Condition, context: FilterContext): Fragment {
  if (condition.operator === 'is_empty')
    return not(namedIn('subscriber_tags', { sql: '1 = 1', bindings: [] }, context));
  return namedIn(
    'subscriber_tags',
    { sql: 'tag_id = (select id from tags where name = ?)', bindings: [condition.value as string] },
    context,
  );
}

/** Bots are few: what is asked of them is answered here, and the connections are asked for their ids. */
function botLeaf(
  condition: Condition,
  { bots }: FilterContext,
  key: (bot: FilterContext['bots'][number]) => string,
): Fragment {
  const wanted = condition.operator === 'any_of' ? (condition.value as string[]) : [condition.value as string];
  return inList(
    { sql: 'c.bot_id', bindings: [] },
    bots.filter((bot) => wanted.includes(key(bot))).map((bot) => bot.id),
  );
}

const TOOK_PART: Readonly<Record<string, string>> = {
  received: "state in ('sent', 'delivered', 'opened')",
  opened: 'opened_at is not null',
  clicked: '(link_clicked_at is not null or button_clicked_at is not null or buy_clicked_at is not null)',
  clicked_buy: 'buy_clicked_at is not null',
};

function campaignLeaf(condition: Condition, context: FilterContext): Fragment {
  const one = condition.value !== ANY_CAMPAIGN;
  const which = one ? ' and campaign_id = (select id from campaigns where public_id = ?)' : '';
  const bindings: Binding[] = one ? [condition.value as string] : [];
  if (condition.operator === 'ordered') {
    // A cancelled order never came about; a refunded one did.
    return namedIn('orders', { sql: `campaign_id is not null and state <> 'cancelled'${which}`, bindings }, context);
  }
  return namedIn(
    'deliveries',
    { sql: `purpose = 'campaign' and ${TOOK_PART[condition.operator]}${which}`, bindings },
    context,
  );
}
