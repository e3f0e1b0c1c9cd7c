// Runs a named raw statement that answers no rows, and tells how many rows it changed; the drivers say it differently.
import type { Database } from './database.ts';
import type { Value } from './values.ts';

export async function run(db: Database, sql: string, bindings: readonly Value[]): Promise<number> {
  const result = (await db.raw(sql, [...bindings])) as { changes: number } | [{ affectedRows: number }, unknown];
  return Array.isArray(result) ? result[0].affectedRows : result.changes;
}
