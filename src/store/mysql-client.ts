// MySQL and MariaDB behind knex, with a few connections of their own for what runs for every group of messages: past
// builder and pool, and several statements in one trip. Only these take more than one statement at a time. Over whichever
// connection, no statement waits for a server that has fallen silent.
import type { Knex } from 'knex';
import Mysql2Client from 'knex/lib/dialects/mysql2/index.js';
import { createPool, type PoolOptions } from 'mysql2';
import type { Pool, PoolConnection } from 'mysql2/promise';
import { askServer, createLifeline, type Lifeline, type Line } from './mysql-lifeline.ts';

/** Stamps and outcomes of two groups each, slices being read, and one to spare. */
const HOT_CONNECTIONS = 6;

/** What knex's configuration calls it. */
export const MYSQL = 'mysql2';

/** By configuration: within a transaction knex asks a copy of its client, which has the configuration and little else. */
const lifelines = new WeakMap<Knex.Config, Lifeline>();

export class MysqlClient extends Mysql2Client {
  private opened: Pool | null = null;

  constructor(config: Knex.Config) {
    // Migrations ask for it by this name.
    const own = { ...config, client: MYSQL };
    super(own);
    const options = config.connection as PoolOptions;
    lifelines.set(this.config, createLifeline({ ask: (givenUp) => askServer(options, givenUp) }));
  }

  private get lifeline(): Lifeline | undefined {
    return lifelines.get(this.config);
  }

  override async acquireConnection(): Promise<unknown> {
    this.lifeline?.expectAnswer();
    return super.acquireConnection();
  }

  override query(connection: unknown, query: unknown): Promise<unknown> {
    const statement = (): Promise<unknown> => super.query(connection, query);
    return this.lifeline ? this.lifeline.watch(connection as Line, statement) : statement();
  }

  /**
   * One question over one of the hot connections, which are opened at the first: most processes send nothing. What fails
   * may leave a transaction open; with its connection it ends.
   */
  async onHot<T>(ask: (connection: PoolConnection) => Promise<T>): Promise<T> {
    this.lifeline?.expectAnswer();
    this.opened ??= openHot(this.config.connection as PoolOptions);
    const connection = await this.opened.getConnection();
    try {
      const asked = (): Promise<T> => ask(connection);
      return await (this.lifeline ? this.lifeline.watch(connection, asked) : asked());
    } catch (error) {
      connection.destroy();
      throw error;
    } finally {
      connection.release();
    }
  }

  override async destroy(): Promise<void> {
    this.lifeline?.end();
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
