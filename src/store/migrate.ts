// Runs the dated files of `migrations/`, one process at a time. Names are kept without their ending, so that the same
// database can be migrated from the sources (.ts) and from the build (.js).
import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Database } from './database.ts';
import { holdMigrationLock } from './migration-lock.ts';

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));
const TABLE = 'migrations_log';

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () =>
    readdirSync(FOLDER)
      .filter((name) => /^\d+_\w+\.(ts|js)$/.test(name))
      .sort(),
  getMigrationName: (file) => file.replace(/\.(ts|js)$/, ''),
  getMigration: async (file) => (await import(pathToFileURL(join(FOLDER, file)).href)) as Knex.Migration,
};

/** The migrations this version brings and the database has not seen yet. */
export async function pendingMigrations(db: Database): Promise<string[]> {
  const [, pending] = (await db.migrate.list({ migrationSource, tableName: TABLE })) as [unknown, { file: string }[]];
  return pending.map(({ file }) => file);
}

/** Brings the schema up to date; answers the names of what was applied. Waits while another process does the same. */
export async function migrate(db: Database): Promise<string[]> {
  const settings = { migrationSource, tableName: TABLE };
  const lock = await holdMigrationLock(db);
  try {
    // Whoever set knex's own mark did so under our lock: it is the mark of a process that was killed.
    if (await db.schema.hasTable(`${TABLE}_lock`)) await db.migrate.forceFreeMigrationsLock(settings);
    const [, applied] = (await db.migrate.latest(settings)) as [number, string[]];
    return applied;
  } finally {
    await lock.release();
  }
}
