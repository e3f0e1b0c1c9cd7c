// Remembers the answer to each `Idempotency-Key`, so that a repeated POST is answered and not done again.
import type { Database } from './database.ts';
import { changedRows, isMysql } from './database.ts';

export type Claim =
  /** Ours to do; finish with `keepAnswer`, or give it back with `releaseKey`. */
  | { status: 'new' }
  /** Someone is at it this moment. */
  | { status: 'running' }
  /** The key was used for another request. */
  | { status: 'other' }
  | { status: 'done'; code: number; body: string };

const KEEP_MS = 24 * 3600_000;
/** A request that took longer died with its process. */
const STALE_MS = 120_000;

export async function claimKey(db: Database, key: string, requestHash: string, now: number): Promise<Claim> {
  await db('idempotency_keys')
    .where('created_at', '<', now - KEEP_MS)
    .delete();
  await db('idempotency_keys')
    .where({ key })
    .whereNull('status')
    .where('created_at', '<', now - STALE_MS)
    .delete();
  const columns = isMysql(db) ? '`key`, request_hash, created_at' : '"key", request_hash, created_at';
  const inserted = await db.raw(
    `insert ${isMysql(db) ? 'ignore' : 'or ignore'} into idempotency_keys (${columns}) values (?, ?, ?)`,
    [key, requestHash, now],
  );
  if (changedRows(inserted) === 1) return { status: 'new' };
  const row: { request_hash: string; status: number | null; body: string | null } | undefined = await db(
    'idempotency_keys',
  )
    .where({ key })
    .first('request_hash', 'status', 'body');
  if (!row) return { status: 'running' };
  if (row.request_hash !== requestHash) return { status: 'other' };
  return row.status === null ? { status: 'running' } : { status: 'done', code: row.status, body: row.body ?? '' };
}

export async function keepAnswer(db: Database, key: string, code: number, body: string): Promise<void> {
  await db('idempotency_keys').where({ key }).update({ status: code, body });
}

export async function releaseKey(db: Database, key: string): Promise<void> {
  await db('idempotency_keys').where({ key }).whereNull('status').delete();
}
