// Everything the team changes is written into the audit log, in the same words everywhere: `noun.verb`.
import type { Database } from '../store/database.ts';
import { recordAudit } from '../store/audit.ts';
import type { Actor } from './context.ts';

export interface Deed {
  action: `${string}.${string}`;
  /** Public id of what it was done to. */
  target?: string;
  /** Never a secret. */
  data?: Record<string, unknown>;
}

export const record = (db: Database, now: number, actor: Actor, { action, target, data }: Deed): Promise<void> =>
  recordAudit(db, {
    at: now,
    staffId: actor.tokenId === null ? actor.staffId : null,
    tokenId: actor.tokenId,
    action,
    target: target ?? null,
    data: data ?? null,
  });
