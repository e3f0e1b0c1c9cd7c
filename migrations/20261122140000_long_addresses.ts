// Room for addresses that hold keys of their own, such as a browser's subscription. SQLite keeps to no length of a text.
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await setLength(knex, 700);
}

export async function down(knex: Knex): Promise<void> {
  await setLength(knex, 190);
}

async function setLength(knex: Knex, length: number): Promise<void> {
  if (knex.client.config.client !== 'mysql2') return;
  await knex.schema.alterTable('connections', (t) => t.string('external_id', length).notNullable().alter());
}
