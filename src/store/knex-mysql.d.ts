// knex has no types for its dialects, which are there to be extended.
declare module 'knex/lib/dialects/mysql2/index.js' {
  import type { Knex } from 'knex';

  export default class Mysql2Client extends Knex.Client {
    override query(connection: unknown, query: unknown): Promise<unknown>;
    override acquireConnection(): Promise<unknown>;
    override destroy(): Promise<void>;
  }
}
