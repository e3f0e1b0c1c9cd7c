// The team's accounts and their sessions. A session is found by the hash of its token and is moved on while it is used.
import type { Database } from './database.ts';
import { newPublicId } from './database.ts';
import { hashPassword, hashToken, newToken, verifyPassword } from './secrets.ts';

export interface StaffMember {
  id: number;
  publicId: string;
  email: string;
  name: string;
  role: string;
  language: string | null;
  createdAt: number;
}

interface StaffRow {
  id: number;
  public_id: string;
  email: string;
  name: string;
  role: string;
  password_hash: string;
  language: string | null;
  created_at: number;
}

const toStaff = (row: StaffRow): StaffMember => ({
  id: row.id,
  publicId: row.public_id,
  email: row.email,
  name: row.name,
  role: row.role,
  language: row.language,
  createdAt: row.created_at,
});

const SESSION_MS = 30 * 24 * 3600_000;
/** A session's row is written at most this often, however many requests use it. */
const TOUCH_MS = 60_000;

const normaliseEmail = (email: string): string => email.trim().toLowerCase();

export async function countStaff(db: Database): Promise<number> {
  return Number((await db('staff').count({ count: '*' }).first())?.count ?? 0);
}

export async function insertStaff(
  db: Database,
  person: { email: string; name: string; role: string; password: string; language: string | null; now: number },
): Promise<StaffMember> {
  const row = {
    public_id: newPublicId(),
    email: normaliseEmail(person.email),
    name: person.name,
    role: person.role,
    password_hash: await hashPassword(person.password),
    language: person.language,
    created_at: person.now,
  };
  const [id] = await db('staff').insert(row);
  return toStaff({ ...row, id: id! });
}

export async function getStaffById(db: Database, id: number): Promise<StaffMember | null> {
  const row = await db<StaffRow>('staff').where({ id }).first();
  return row ? toStaff(row) : null;
}

/** The account with this e-mail address and password, or null: which of the two was wrong is not told. */
export async function checkPassword(db: Database, email: string, password: string): Promise<StaffMember | null> {
  const row = await db<StaffRow>('staff')
    .where({ email: normaliseEmail(email) })
    .first();
  const right = await verifyPassword(password, row?.password_hash ?? null);
  return row && right ? toStaff(row) : null;
}

export async function setLanguage(db: Database, staffId: number, language: string): Promise<void> {
  await db('staff').where({ id: staffId }).update({ language });
}

// --- Sessions -------------------------------------------------------------------------------

/** Answers the token for the cookie: the only time it is seen. */
export async function openSession(db: Database, staffId: number, agent: string | null, now: number): Promise<string> {
  const token = newToken();
  await db('sessions').where('expires_at', '<', now).delete();
  await db('sessions').insert({
    token_hash: hashToken(token),
    staff_id: staffId,
    created_at: now,
    expires_at: now + SESSION_MS,
    last_used_at: now,
    agent: agent?.slice(0, 255) ?? null,
  });
  return token;
}

export async function findSession(db: Database, token: string, now: number): Promise<StaffMember | null> {
  const session: { id: number; staff_id: number; last_used_at: number } | undefined = await db('sessions')
    .where({ token_hash: hashToken(token) })
    .where('expires_at', '>', now)
    .first('id', 'staff_id', 'last_used_at');
  if (!session) return null;
  if (now - session.last_used_at > TOUCH_MS) {
    await db('sessions')
      .where({ id: session.id })
      .update({ last_used_at: now, expires_at: now + SESSION_MS });
  }
  const row = await db<StaffRow>('staff').where({ id: session.staff_id }).first();
  return row ? toStaff(row) : null;
}

export async function closeSession(db: Database, token: string): Promise<void> {
  await db('sessions')
    .where({ token_hash: hashToken(token) })
    .delete();
}
