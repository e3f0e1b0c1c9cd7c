// Slices that wait for the end of the quiet hours.
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('slices', (t) => {
    // Not leased before this instant. Apart from due_at: it is lifted when the quiet hours are changed.
    t.bigInteger('quiet_until');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('slices', (t) => t.dropColumns('quiet_until'));
}
