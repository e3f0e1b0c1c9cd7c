// Which database this is, in its own words.
import { type Database, isMysql } from './database.ts';

export interface DatabaseVersion {
  kind: 'sqlite' | 'mysql' | 'mariadb';
  /** `10.11.6`, as far as it is numbers. */
  version: string;
}

export async function readVersion(db: Database): Promise<DatabaseVersion> {
  const row = (await db.select(db.raw(`${isMysql(db) ? 'version()' : 'sqlite_version()'} as version`)).first()) as {
    version: string;
  };
  const version = /^\d+(\.\d+)*/.exec(row.version)?.[0] ?? row.version;
  if (!isMysql(db)) return { kind: 'sqlite', version };
  return { kind: /mariadb/i.test(row.version) ? 'mariadb' : 'mysql', version };
}
