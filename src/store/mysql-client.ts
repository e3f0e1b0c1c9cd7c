// MySQL and MariaDB behind knex, with a few connections of their own for what runs for every group of messages: past
// builder and pool, and several statements in one trip. Only these take more than one statement at a time.
import type { Knex } from 'knex';
import Mysql2Client from 'knex/lib/dialects/mysql2/index.js';
import { createPool, type PoolOptions } from 'mysql2';
import type { Pool } from 'mysql2/promise';

/** Stamps and outcomes of two groups each, slices being read, and one to spare. */
const HOT_CONNECTIONS = 6;

/** What knex's configuration calls it. */
export const MYSQL = 'mysql2';

export class MysqlClient extends Mysql2Client {
  private opened: Pool | null = null;

  constructor(config: Knex.Config) {
    // Migrations ask for it by this name.
    super({ ...config, client: MYSQL });
  }

  /** Opened at the first statement: most processes send nothing. */
  get hot(): Pool {
    return (this.opened ??= openHot(this.config.connection as PoolOptions));
  }

  override async destroy(): Promise<void> {
    await this.opened?.end();
    this.opened = null;
    await super.destroy();
  }
}

function openHot(connection: PoolOptions): Pool {
  const pool = createPool({ ...connection, multipleStatements: true, connectionLimit: HOT_CONNECTIONS });
  // What is asked of a connection first runs first.
  pool.on('connection', (opened) => opened.query(ISOLATION, () => undefined));
  return pool.promise();
}

/** Without gap locks an `insert … select` of a big audience does not hold up the people who write meanwhile. */
export const ISOLATION = 'set session transaction isolation level read committed';
