// The credentials of a channel as a form: which fields, and whether what was typed has the right shape. The shape is the
// channel's own pattern; whether the platform accepts it, only the platform knows.
import type { ChannelInfo } from '../../../../src/http/api/bots.ts';

export type CredentialField = ChannelInfo['credentials'][number];
export type Credentials = Record<string, string>;
export type ShapeProblem = 'missing' | 'shape' | null;

export function shapeProblem(field: CredentialField, value: string | undefined): ShapeProblem {
  const text = (value ?? '').trim();
  if (text === '') return field.required ? 'missing' : null;
  return field.pattern === undefined || new RegExp(field.pattern, 'u').test(text) ? null : 'shape';
}

/** Trimmed, without the empty ones: what is sent. */
export const filledIn = (credentials: Credentials): Credentials =>
  Object.fromEntries(
    Object.entries(credentials).flatMap(([key, value]) => (value.trim() ? [[key, value.trim()]] : [])),
  );

export const isComplete = (fields: readonly CredentialField[], credentials: Credentials): boolean =>
  fields.every((field) => shapeProblem(field, credentials[field.key]) === null);
