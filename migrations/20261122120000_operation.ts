// What operating Herald needs: what a sender's watchdog found, what remains of clicks whose events are deleted, and who
// does what only one process may do. New columns and tables only: the processes of the release before go on while this runs.
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  const mysql = knex.client.config.client === 'mysql2';
  const create = (name: string, columns: (t: Knex.CreateTableBuilder) => void): Promise<void> =>
    knex.schema.createTable(name, (t) => {
      if (mysql) {
        t.engine('InnoDB');
        t.charset('utf8mb4');
        t.collate('utf8mb4_bin');
      }
      columns(t);
    });

  await knex.schema.alterTable('senders', (t) => {
    // What is stuck there at this moment, a JSON list; null: nothing.
    t.json('findings');
  });

  // Clicks of events that retention deleted, added up: what the audit counts beside the events that are left.
  await create('click_rollups', (t) => {
    t.bigInteger('campaign_id').unsigned().notNullable();
    t.bigInteger('bot_id').unsigned().notNullable();
    t.string('kind', 32).notNullable();
    t.string('button_id', 32).notNullable();
    t.boolean('scanner').notNullable();
    t.bigInteger('clicks').notNullable();
    // Those with no click on this button among the events that are left.
    t.bigInteger('people').notNullable();
    t.primary(['campaign_id', 'bot_id', 'kind', 'button_id', 'scanner']);
  });

  // What one process at a time does, by the database's clock.
  await create('job_leases', (t) => {
    t.string('name', 64).primary();
    t.string('owner', 64).notNullable();
    t.bigInteger('until').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('job_leases');
  await knex.schema.dropTable('click_rollups');
  await knex.schema.alterTable('senders', (t) => t.dropColumns('findings'));
}
