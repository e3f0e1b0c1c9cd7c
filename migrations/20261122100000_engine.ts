// What the engine needs beyond the spine: which processes are alive, mailings that follow each person's clock, repeat,
// start with a few people first, and say what they wait for. New columns only, each nullable or with a default: the
// processes of the release before go on while this runs.
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

  // Processes that send, each under the name it puts into leases. `seen_at` is by the database's clock.
  await create('senders', (t) => {
    t.string('id', 64).primary();
    t.string('host', 190).notNullable();
    t.bigInteger('started_at').notNullable();
    t.bigInteger('seen_at').notNullable().index();
  });

  await knex.schema.alterTable('slices', (t) => {
    // One zone's people, where a mailing follows their clocks; null: it does not, or theirs is not known.
    t.string('time_zone', 64);
    // Not leased before this instant.
    t.bigInteger('due_at');
    // 0: the people a canary start goes to first. 1: the rest.
    t.integer('wave').notNullable().defaultTo(1);
  });

  await knex.schema.alterTable('deliveries', (t) => {
    t.string('time_zone', 64);
    // The connections that were tried before this one, oldest first: `<id>:<reason>`, parted by commas.
    t.string('tried', 255);
  });

  await knex.schema.alterTable('campaigns', (t) => {
    // Which start of a repeated mailing this is: the cause of its deliveries; '' for one that is sent once.
    t.string('occurrence', 32).notNullable().defaultTo('');
    t.integer('starts').notNullable().defaultTo(0);
    // running | watching | passed | failed | overruled; null: no canary start.
    t.string('canary_state', 12);
    t.bigInteger('canary_last_delivery_id').unsigned();
    // When the answers of the first have been waited for.
    t.bigInteger('canary_until');
    // A person said to send although its latest time had passed.
    t.boolean('late_accepted').notNullable().defaultTo(false);
  });

  // Why a mailing is not sending at full speed at this moment, as each sender sees it; gone when it sends.
  await create('campaign_waits', (t) => {
    t.bigInteger('campaign_id').unsigned().notNullable();
    t.string('sender', 64).notNullable();
    t.string('code', 32).notNullable();
    t.json('params').notNullable();
    t.bigInteger('since').notNullable();
    t.bigInteger('seen_at').notNullable();
    t.primary(['campaign_id', 'sender']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('campaign_waits');
  await knex.schema.alterTable('campaigns', (t) =>
    t.dropColumns('occurrence', 'starts', 'canary_state', 'canary_last_delivery_id', 'canary_until', 'late_accepted'),
  );
  await knex.schema.alterTable('deliveries', (t) => t.dropColumns('time_zone', 'tried'));
  await knex.schema.alterTable('slices', (t) => t.dropColumns('time_zone', 'due_at', 'wave'));
  await knex.schema.dropTable('senders');
}
