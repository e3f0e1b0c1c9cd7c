// Who may do what, in one table. A token can do what its scopes say and never more than the person who made it.
import { Problem } from '../domain/problem.ts';
import type { Actor, Role, Scope } from './context.ts';

/** `self`: any signed-in person or token, about themselves. */
const NEEDS = ['self', 'read', 'write', 'send', 'admin'] as const;
export type Need = (typeof NEEDS)[number];

const PERMITTED: Readonly<Record<Role, readonly Need[]>> = {
  owner: ['self', 'read', 'write', 'send', 'admin'],
  admin: ['self', 'read', 'write', 'send', 'admin'],
  marketer: ['self', 'read', 'write', 'send'],
  editor: ['self', 'read', 'write'],
  operator: ['self', 'read'],
  analyst: ['self', 'read'],
};

const SCOPE: Readonly<Record<Need, Scope | null>> = {
  self: null,
  read: 'read',
  write: 'write',
  send: 'send',
  admin: 'write',
};

/** The least role that may, for the sentence that refuses. */
const FIRST_ROLE: Readonly<Record<Need, Role>> = {
  self: 'analyst',
  read: 'analyst',
  write: 'editor',
  send: 'marketer',
  admin: 'admin',
};

export const permits = (role: Role, need: Need): boolean => PERMITTED[role].includes(need);

/** Throws `not_signed_in`, `no_right` or `no_scope`. */
export function mayActor(actor: Actor | null, need: Need): void {
  if (!actor) throw new Problem('not_signed_in');
  if (!permits(actor.role, need)) throw new Problem('no_right', { role: FIRST_ROLE[need] });
  const scope = SCOPE[need];
  if (scope && actor.scopes && !actor.scopes.includes(scope)) throw new Problem('no_scope', { scope });
}
