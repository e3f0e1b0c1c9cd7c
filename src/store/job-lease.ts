// What only one process at a time may do: whoever holds the lease does it. Measured by the database's clock.
import { clockSql } from './clock.ts';
import { type Database, changedRows, isMysql } from './database.ts';
import { run } from './run.ts';

/** Takes the lease, or keeps it; answers whether it is ours. */
export async function holdJob(
  db: Database,
  { name, owner, ms }: { name: string; owner: string; ms: number },
): Promise<boolean> {
  const until = `${clockSql(db)} + ${Math.round(ms)}`;
  const verb = isMysql(db) ? 'insert ignore' : 'insert or ignore';
  const entered = await db.raw(`${verb} into job_leases (name, owner, until) values (?, ?, ${until})`, [name, owner]);
  if (changedRows(entered) === 1) return true;
  const taken = await run(
    db,
    `update job_leases set owner = ?, until = ${until} where name = ? and (owner = ? or until < ${clockSql(db)})`,
    [owner, name, owner],
  );
  return taken > 0;
}

export async function releaseJob(db: Database, { name, owner }: { name: string; owner: string }): Promise<void> {
  await db('job_leases').where({ name, owner }).delete();
}
