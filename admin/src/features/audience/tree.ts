// Between the saved filter (all / any / not) and the panel's tree of groups and rules. What a person has not finished
// is kept in the panel and left out of the filter.
import type { RuleGroupType, RuleType } from 'react-querybuilder';
import type { Condition, Field, Filter } from '../shapes.ts';
import { ACTIVE_ONLY } from '../shapes.ts';

export type Group = RuleGroupType<RuleType, 'all' | 'any'>;

/** What an operator wants for a value. */
export type Arity = 'none' | 'one' | 'two' | 'many' | 'days';

const ARITIES: Readonly<Record<string, Arity>> = {
  is_empty: 'none',
  is_not_empty: 'none',
  any_of: 'many',
  none_of: 'many',
  between: 'two',
  in_last_days: 'days',
  not_in_last_days: 'days',
};

export const arity = (operator: string): Arity => ARITIES[operator] ?? 'one';

const isGroup = (node: RuleType | Group): node is Group => 'rules' in node;

export function filterToGroup(filter: Filter): Group {
  if ('all' in filter) return { combinator: 'all', rules: filter.all.map(toNode) };
  if ('any' in filter) return { combinator: 'any', rules: filter.any.map(toNode) };
  if ('not' in filter) {
    const inner = filterToGroup(filter.not);
    return inner.not ? { combinator: 'all', not: true, rules: [inner] } : { ...inner, not: true };
  }
  return { combinator: 'all', rules: [toNode(filter)] };
}

const toNode = (filter: Filter): RuleType | Group =>
  'field' in filter
    ? { field: filter.field, operator: filter.operator, value: filter.value ?? '' }
    : filterToGroup(filter);

/** The filter of everything that is finished. The outermost level is always a group. */
export function groupToFilter(group: Group): Filter {
  const parts = group.rules.flatMap((node): Filter[] => {
    if (isGroup(node)) return isEmpty(node) ? [] : [groupToFilter(node)];
    return isComplete(node) ? [toCondition(node)] : [];
  });
  const joined: Filter = group.combinator === 'any' ? { any: parts } : { all: parts };
  return group.not ? { not: joined } : joined;
}

const isEmpty = (group: Group): boolean =>
  group.rules.every((node) => (isGroup(node) ? isEmpty(node) : !isComplete(node)));

const toCondition = ({ field, operator, value }: RuleType): Condition =>
  arity(operator) === 'none' ? { field, operator } : { field, operator, value: value as unknown };

export function isComplete(rule: RuleType): boolean {
  const value = rule.value as unknown;
  if (!rule.field || !rule.operator) return false;
  switch (arity(rule.operator)) {
    case 'none':
      return true;
    case 'many':
      return Array.isArray(value) && value.length > 0;
    case 'two':
      return Array.isArray(value) && value.length === 2 && value.every(isValue);
    case 'days':
      return typeof value === 'number' && Number.isInteger(value) && value > 0;
    case 'one':
      return isValue(value);
  }
}

const isValue = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value.trim() !== '');

/** The rule with which every audience begins, and which one is advised to keep. */
export const isActiveRule = (rule: Pick<RuleType, 'field' | 'operator' | 'value'>): boolean =>
  rule.field === ACTIVE_ONLY.field && rule.operator === ACTIVE_ONLY.operator && rule.value === ACTIVE_ONLY.value;

/** Has the filter no condition beyond the one on the connection's status? */
export const isUnfiltered = (filter: Filter): boolean =>
  'field' in filter
    ? filter.field === ACTIVE_ONLY.field
    : 'not' in filter
      ? false
      : ('all' in filter ? filter.all : filter.any).every(isUnfiltered);

/** "City is not A or city is not B" is true of everybody. */
export function matchesEveryone(group: Group): boolean {
  const denied = new Map<string, Set<string>>();
  for (const node of group.rules) {
    if (isGroup(node)) {
      if (matchesEveryone(node)) return true;
    } else if (group.combinator === 'any' && !group.not && node.operator === 'is_not' && isComplete(node)) {
      denied.set(node.field, (denied.get(node.field) ?? new Set()).add(String(node.value)));
    }
  }
  return [...denied.values()].some((values) => values.size > 1);
}

export function emptyValue(field: Field | undefined, operator: string): unknown {
  const kind = arity(operator);
  if (kind === 'many') return [];
  if (kind === 'two') return ['', ''];
  if (kind === 'days') return 30;
  if (kind === 'none') return '';
  if (field?.type === 'boolean') return true;
  return field?.type === 'campaign' ? 'any' : '';
}
