// Words for what a schema refused. The code is looked up from the most particular to the most general:
// `<field>_<fault>` where we have a sentence for that field ("Give the mailing a name …"), else `value_<fault>`.
import type * as z from 'zod';
import type { FieldProblem } from '../domain/problem.ts';
import { hasText } from '../i18n.ts';

type Issue = z.core.$ZodIssue;

const MAX_PROBLEMS = 20;

export const fieldProblemsOf = (error: z.ZodError, input: unknown): FieldProblem[] =>
  error.issues
    .flatMap((issue) => flatten(issue, []))
    .slice(0, MAX_PROBLEMS)
    .map((found) => toField(found, input));

interface Found {
  issue: Issue;
  path: readonly PropertyKey[];
}

/** Of a union's branches the one that got furthest is the one that was meant. */
function flatten(issue: Issue, above: readonly PropertyKey[]): Found[] {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ issue, path }];
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => flatten(inner, path)));
  const meant = branches.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
  return meant && depth(meant) > path.length ? meant : [{ issue, path }];
}

const depth = (found: readonly Found[]): number => Math.max(...found.map(({ path }) => path.length));

function toField({ issue, path }: Found, input: unknown): FieldProblem {
  const { fault, params } = faultOf(issue, valueAt(input, path));
  const unknownKey = issue.code === 'unrecognized_keys' ? [issue.keys[0] ?? ''] : [];
  const place = [...path, ...unknownKey].map(String);
  const field = place.findLast((step) => !/^\d+$/.test(step)) ?? '';
  const particular = `${field}_${fault}`;
  const code = hasText(`problems:${particular}`) ? particular : `value_${fault}`;
  return { path: place.join('.'), code, params: { ...params, field } };
}

interface Fault {
  fault: 'missing' | 'unknown' | 'short' | 'long' | 'small' | 'big' | 'few' | 'many' | 'choice' | 'wrong';
  params: Record<string, string | number>;
}

function faultOf(issue: Issue, value: unknown): Fault {
  if (issue.code === 'unrecognized_keys') return { fault: 'unknown', params: {} };
  if (value === undefined || value === null) return { fault: 'missing', params: {} };
  switch (issue.code) {
    case 'too_small': {
      const params = { min: Number(issue.minimum) };
      if (issue.origin === 'string') return { fault: value === '' || blank(value) ? 'missing' : 'short', params };
      return { fault: issue.origin === 'array' ? 'few' : 'small', params };
    }
    case 'too_big': {
      const params = { max: Number(issue.maximum) };
      if (issue.origin === 'string') return { fault: 'long', params };
      return { fault: issue.origin === 'array' ? 'many' : 'big', params };
    }
    case 'invalid_value':
      return { fault: 'choice', params: { permitted: issue.values.map(String).join(', ') } };
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? { fault: 'choice', params: { permitted: issue.options.map(String).join(', ') } }
        : { fault: 'wrong', params: {} };
    default:
      return { fault: blank(value) ? 'missing' : 'wrong', params: {} };
  }
}

const blank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
