// The team's audit log: who did what, to what, when. Append only.
import type { Database } from './database.ts';
import { readJson } from './database.ts';
import { decodeCursor, type Page, pageOf, type PageQuery } from './page.ts';

export interface AuditRecord {
  at: number;
  /** Who: a person, or an API token. Neither means the server itself or the command line. */
  staffId?: number | null;
  tokenId?: number | null;
  /** `mailing.sent`, `bot.connected` … */
  action: string;
  /** Public id of what it was done to. */
  target?: string | null;
  /** Never holds a secret. */
  data?: Record<string, unknown> | null;
}

export interface AuditEntry {
  id: number;
  at: number;
  who: string | null;
  action: string;
  target: string | null;
  data: Record<string, unknown> | null;
}

export async function recordAudit(db: Database, record: AuditRecord): Promise<void> {
  await db('audit_log').insert({
    at: record.at,
    staff_id: record.staffId ?? null,
    token_id: record.tokenId ?? null,
    action: record.action,
    target: record.target ?? null,
    data: record.data ? JSON.stringify(record.data) : null,
  });
}

interface AuditRow {
  id: number;
  at: number;
  staff_name: string | null;
  token_name: string | null;
  action: string;
  target: string | null;
  data: unknown;
}

/** Newest first. */
export async function pageOfAudit(db: Database, { cursor, limit }: PageQuery): Promise<Page<AuditEntry>> {
  const after = decodeCursor(cursor, 1);
  const rows: AuditRow[] = await db('audit_log as a')
    .leftJoin('staff as p', 'p.id', 'a.staff_id')
    .leftJoin('api_tokens as t', 't.id', 'a.token_id')
    .modify((query) => void (after && query.where('a.id', '<', after[0]!)))
    .orderBy('a.id', 'desc')
    .limit(limit + 1)
    .select('a.id', 'a.at', 'p.name as staff_name', 't.name as token_name', 'a.action', 'a.target', 'a.data');
  return pageOf(
    rows,
    limit,
    (row) => [row.id],
    (row) => ({
      id: row.id,
      at: row.at,
      who: row.staff_name ?? row.token_name,
      action: row.action,
      target: row.target,
      data: row.data === null ? null : readJson<Record<string, unknown>>(row.data),
    }),
  );
}
