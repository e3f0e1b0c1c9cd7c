// API tokens: a random word shown once, kept as a hash, with the scopes it opens.
import type { Database } from './database.ts';
import { newPublicId, readJson } from './database.ts';
import { hashToken, newToken } from './secrets.ts';

export type Scope = 'read' | 'write' | 'send';

export interface Token {
  id: number;
  publicId: string;
  name: string;
  /** The last characters, to tell tokens apart. */
  hint: string;
  scopes: Scope[];
  staffId: number | null;
  createdAt: number;
  lastUsedAt: number | null;
}

interface TokenRow {
  id: number;
  public_id: string;
  name: string;
  token_hash: string;
  hint: string;
  scopes: unknown;
  staff_id: number | null;
  created_at: number;
  last_used_at: number | null;
}

const toToken = (row: TokenRow): Token => ({
  id: row.id,
  publicId: row.public_id,
  name: row.name,
  hint: row.hint,
  scopes: readJson<Scope[]>(row.scopes),
  staffId: row.staff_id,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
});

const TOUCH_MS = 60_000;
/** Lets people and scanners recognise a leaked token as ours. */
const TOKEN_PREFIX = 'herald_';

export async function listTokens(db: Database): Promise<Token[]> {
  return (await db<TokenRow>('api_tokens').orderBy('id', 'desc')).map(toToken);
}

/** Answers the token itself beside its row: the only time it is seen. */
export async function insertToken(
  db: Database,
  { name, scopes, staffId, now }: { name: string; scopes: Scope[]; staffId: number | null; now: number },
): Promise<{ row: Token; token: string }> {
  const token = `${TOKEN_PREFIX}${newToken()}`;
  const row = {
    public_id: newPublicId(),
    name,
    token_hash: hashToken(token),
    hint: token.slice(-4),
    scopes: JSON.stringify(scopes),
    staff_id: staffId,
    created_at: now,
    last_used_at: null,
  };
  const [id] = await db('api_tokens').insert(row);
  return { row: toToken({ ...row, id: id! }), token };
}

export async function findToken(db: Database, token: string, now: number): Promise<Token | null> {
  if (!token.startsWith(TOKEN_PREFIX)) return null;
  const row = await db<TokenRow>('api_tokens')
    .where({ token_hash: hashToken(token) })
    .first();
  if (!row) return null;
  if (now - (row.last_used_at ?? 0) > TOUCH_MS)
    await db('api_tokens').where({ id: row.id }).update({ last_used_at: now });
  return toToken(row);
}

/** False when there was none. */
export async function deleteToken(db: Database, publicId: string): Promise<boolean> {
  return (await db('api_tokens').where({ public_id: publicId }).delete()) > 0;
}
