// Runs the dated files of `migrations/`. Names are kept without their ending, so that the same database can be
// migrated from the sources (.ts) and from the build (.js).
import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Database } from './database.ts';

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () =>
    readdirSync(FOLDER)
      .filter((name) => /^\d+_\w+\.(ts|js)$/.test(name))
      .sort(),
  getMigrationName: (file) => file.replace(/\.(ts|js)$/, ''),
  getMigration: async (file) => (await import(pathToFileURL(join(FOLDER, file)).href)) as Knex.Migration,
};

/** Brings the schema up to date; answers the names of what was applied. */
export async function migrate(db: Database): Promise<string[]> {
  const [, applied] = (await db.migrate.latest({ migrationSource, tableName: 'migrations_log' })) as [number, string[]];
  return applied;
}
