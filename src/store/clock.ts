// The database's clock. Whatever one process writes and another measures (leases, signs of life) is told in its time, so
// that processes whose own clocks differ agree; each statement reads it anew, in UTC milliseconds.
import { type Database, isMysql } from './database.ts';

/** The instant as an expression within a statement. Not `unix_timestamp(now())`: that knows no second autumn hour. */
export const clockSql = (db: Database): string =>
  isMysql(db)
    ? `(timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000)`
    : `cast(round(unixepoch('subsec') * 1000) as integer)`;

export async function databaseNow(db: Database): Promise<number> {
  const row = (await db.select(db.raw(`${clockSql(db)} as now`)).first()) as { now: number | string };
  return Number(row.now);
}
