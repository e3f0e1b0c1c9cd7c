// knex has no types for its dialects, which are there to be extended.
declare module 'knex/lib/dialects/mysql2/index.js' {
  import type { Knex } from 'knex';

  export default class Mysql2Client extends Knex.Client {
    override destroy(): Promise<void>;
  }
}
