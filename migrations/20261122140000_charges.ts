// Messages that a platform charges for, by bot and calendar month (UTC): counted when they were accepted.
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('charged_messages', (t) => {
    t.integer('bot_id').unsigned().notNullable();
    // `2026-11`
    t.string('month', 7).notNullable();
    t.bigInteger('value').notNullable().defaultTo(0);
    t.primary(['bot_id', 'month']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('charged_messages');
}
