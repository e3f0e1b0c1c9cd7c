// Where the first people of a canary start lie in the ledger, and which threshold they passed. New columns only.
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('campaigns', (t) => {
    // The first are the deliveries behind this one, up to `canary_last_delivery_id` (null until all of them are planned).
    t.bigInteger('canary_after_delivery_id').unsigned();
    t.integer('canary_people').notNullable().defaultTo(0);
    t.json('canary_verdict');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('campaigns', (t) =>
    t.dropColumns('canary_after_delivery_id', 'canary_people', 'canary_verdict'),
  );
}
