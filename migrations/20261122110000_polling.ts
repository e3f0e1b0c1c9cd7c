// Which process fetches a bot's updates, where its platform cannot reach us: the platforms hand each update to one asker.
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('bots', (t) => {
    t.string('poll_owner', 64);
    // By the database's clock.
    t.bigInteger('poll_until');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('bots', (t) => t.dropColumns('poll_owner', 'poll_until'));
}
