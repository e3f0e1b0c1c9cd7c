// The processes that send, each under the name it puts into leases. All times are the database's, so that a process
// whose clock is wrong neither looks dead nor lives for ever.
import { clockSql } from './clock.ts';
import { type Database, isMysql } from './database.ts';
import { run } from './run.ts';

/** A sender gives a sign of life at least this often. */
export const BEAT_MS = 5000;

/** One that was silent for longer is not counted as alive: three beats. */
export const ALIVE_MS = 15_000;

/** What is left of a process that was killed is swept up after this. */
const FORGOTTEN_MS = 24 * 3600 * 1000;

export interface Sender {
  id: string;
  host: string;
  startedAt: number;
  seenAt: number;
}

/** A sign of life; the first one enters the sender. */
export async function beat(db: Database, { id, host }: Pick<Sender, 'id' | 'host'>): Promise<void> {
  const now = clockSql(db);
  const again = isMysql(db)
    ? 'on duplicate key update seen_at = values(seen_at)'
    : 'on conflict (id) do update set seen_at = excluded.seen_at';
  await run(db, `insert into senders (id, host, started_at, seen_at) values (?, ?, ${now}, ${now}) ${again}`, [
    id,
    host,
  ]);
  await run(db, `delete from senders where seen_at < ${now} - ${FORGOTTEN_MS}`, []);
}

/** Those seen lately, the longest-running first. */
export async function liveSenders(db: Database): Promise<Sender[]> {
  const rows = (await db('senders')
    .whereRaw(`seen_at >= ${clockSql(db)} - ${ALIVE_MS}`)
    .orderBy(['started_at', 'id'])
    .select('id', 'host', 'started_at', 'seen_at')) as {
    id: string;
    host: string;
    started_at: number | string;
    seen_at: number | string;
  }[];
  return rows.map((row) => ({
    id: row.id,
    host: row.host,
    startedAt: Number(row.started_at),
    seenAt: Number(row.seen_at),
  }));
}

/** It leaves in order: nobody waits for it. */
export async function forget(db: Database, id: string): Promise<void> {
  await db('senders').where({ id }).delete();
}

/** It leaves with work in the air: whoever looks next takes that back, without waiting for its leases to run out. */
export async function expire(db: Database, id: string): Promise<void> {
  await db('senders')
    .where({ id })
    .update({ seen_at: db.raw(`${clockSql(db)} - ${ALIVE_MS} - 1`) });
}
