// Opens the database: an embedded SQLite file, or MySQL / MariaDB by address. SQL that only one of them understands
// asks `isMysql` and keeps its twin beside it.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import knexFactory, { type Knex } from 'knex';
import { Problem } from '../domain/problem.ts';
import { ISOLATION, MYSQL, MysqlClient } from './mysql-client.ts';
import { SqliteThreadClient } from './sqlite-client.ts';

/** A connection or a transaction: every store function takes one first. */
export type Database = Knex;

interface MysqlHandle {
  query(sql: string, done: (error: Error | null) => void): void;
}

/** The file of an embedded database; null for the address of a server. */
export const sqliteFile = (url: string): string | null => /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1] ?? null;

/** A server that is there greets at once. */
const CONNECT_MS = 5_000;
/** A connection that went dead while nobody used it is found out before somebody does. */
const KEEP_ALIVE_MS = 10_000;

export function databaseSettings(url: string): Knex.Config {
  if (/^(mysql|mariadb):\/\//.test(url)) {
    return {
      client: MysqlClient,
      connection: {
        uri: url.replace(/^mariadb:/, 'mysql:'),
        charset: 'utf8mb4',
        timezone: 'Z',
        supportBigNumbers: true,
        connectTimeout: CONNECT_MS,
        enableKeepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
      } as Knex.MySql2ConnectionConfig,
      pool: {
        min: 0,
        max: 10,
        afterCreate(handle: MysqlHandle, done: (error: Error | null, handle: MysqlHandle) => void) {
          handle.query(ISOLATION, (error) => done(error, handle));
        },
      },
    };
  }
  const filename = sqliteFile(url);
  if (!filename) throw new Problem('config_database_url', {});
  return {
    client: SqliteThreadClient,
    connection: { filename },
    useNullAsDefault: true,
    // One file, one writer: whoever comes second waits in the pool.
    pool: { min: 1, max: 1 },
  };
}

/** knex would print what it throws anyway, with its stack, into whatever the process prints. */
export function openDatabase(url: string): Database {
  const settings = databaseSettings(url);
  if (settings.client === SqliteThreadClient) {
    const { filename } = settings.connection as { filename: string };
    if (filename !== ':memory:') mkdirSync(dirname(resolve(filename)), { recursive: true });
  }
  return knexFactory({ ...settings, log: { warn: () => undefined } });
}

export const isMysql = (db: Database): boolean => db.client.config.client === MYSQL;

/** JSON columns come back as text from SQLite and MariaDB's older drivers, as values from mysql2. */
export const readJson = <T>(value: unknown): T => (typeof value === 'string' ? (JSON.parse(value) as T) : (value as T));

/** How many rows a raw `insert`, `update` or `delete` changed. */
export function changedRows(result: unknown): number {
  if (Array.isArray(result)) return (result[0] as { affectedRows: number }).affectedRows;
  return (result as { changes: number }).changes;
}

/** Did a statement fail because a unique key is taken? */
export const isDuplicate = (error: unknown): boolean =>
  ['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'].includes(
    (error as { code?: string }).code ?? '',
  );

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A random outside id: 12 characters of base 62, about 71 bits. */
export function newPublicId(): string {
  let id = '';
  while (id.length < 12)
    for (const byte of randomBytes(16)) if (byte < 248 && id.length < 12) id += ALPHABET[byte % 62];
  return id;
}
