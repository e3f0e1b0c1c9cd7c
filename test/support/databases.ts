// Every store test runs on SQLite and on MariaDB: `onEveryDatabase('…', (open) => { … })` declares it twice.
// One MariaDB serves the whole test process; each `open()` gives a fresh, migrated database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { findBinary, type Service, startMariadb } from './services.ts';

export type DatabaseKind = 'sqlite' | 'mariadb';

let mariadb: Promise<Service> | null = null;
let count = 0;

/** Of the SQLite files of this run. */
const folders = new Set<string>();
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The tests' own MariaDB, started on first use. */
export const mariadbServer = (): Promise<Service> => (mariadb ??= startMariadb());

export const mariadbUrl = async (): Promise<string> => (await mariadbServer()).url;

/** Ends the tests' MariaDB; called once, from the root hooks. */
export async function stopMariadb(): Promise<void> {
  await (await mariadb)?.stop();
  mariadb = null;
}

/** Address of a new, empty database. */
export async function newDatabaseUrl(kind: DatabaseKind): Promise<string> {
  count += 1;
  if (kind === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'herald-sqlite-'));
    folders.add(folder);
    return `sqlite:${join(folder, 'herald.sqlite')}`;
  }
  const url = await mariadbUrl();
  const name = `herald_${process.pid}_${count}`;
  const root = openDatabase(url);
  await root.raw(`create database ${name} character set utf8mb4 collate utf8mb4_bin`);
  await root.destroy();
  return `${url}/${name}`;
}

export async function newDatabase(kind: DatabaseKind): Promise<Database> {
  const db = openDatabase(await newDatabaseUrl(kind));
  await migrate(db);
  return db;
}

/** Without MariaDB a person's test run leaves its half out and says so; under CI that is a failure. */
export const databaseKinds = (): DatabaseKind[] => {
  if (findBinary('mariadbd', 'mysqld') || process.env.CI) return ['sqlite', 'mariadb'];
  console.warn(
    'MariaDB is not installed: its half of the store tests is left out. Install the package mariadb-server to run it.',
  );
  return ['sqlite'];
};

/** Declares the tests once per database; `db()` is a fresh migrated database per `describe`. */
export function onEveryDatabase(title: string, declare: (db: () => Database, kind: DatabaseKind) => void): void {
  for (const kind of databaseKinds()) {
    describe(`${title} [${kind}]`, function () {
      this.timeout(120_000);
      let db: Database;
      before(async () => {
        db = await newDatabase(kind);
      });
      after(async () => {
        await db.destroy();
      });
      declare(() => db, kind);
    });
  }
}
