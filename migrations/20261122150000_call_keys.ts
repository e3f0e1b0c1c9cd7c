// Under which key a request with several deliveries went out, on channels whose platform knows a repeat by the request
// and not by the message. New and nullable: the processes of the release before go on while this runs.
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('deliveries', (t) => void t.string('call_key', 40));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('deliveries', (t) => void t.dropColumn('call_key'));
}
