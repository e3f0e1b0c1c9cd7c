// The first schema: people, bots, connections, the event log, campaigns, the delivery ledger and the team.
// Times are UTC milliseconds, money is integer minor units, outside ids are text compared byte by byte.
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
  const id = (t: Knex.CreateTableBuilder): void => void t.bigIncrements('id');
  const ref = (t: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder => t.bigInteger(name).unsigned();
  const time = (t: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder => t.bigInteger(name);

  // --- Workspace and team -------------------------------------------------------------------

  await create('settings', (t) => {
    t.string('key', 64).primary();
    t.json('value').notNullable();
  });

  await create('staff', (t) => {
    id(t);
    t.string('public_id', 24).notNullable().unique();
    t.string('email', 254).notNullable().unique();
    t.string('name', 200).notNullable();
    t.string('role', 16).notNullable();
    t.string('password_hash', 255).notNullable();
    t.string('language', 16);
    time(t, 'created_at').notNullable();
  });

  await create('sessions', (t) => {
    id(t);
    t.string('token_hash', 64).notNullable().unique();
    ref(t, 'staff_id').notNullable().index();
    time(t, 'created_at').notNullable();
    time(t, 'expires_at').notNullable().index();
    time(t, 'last_used_at').notNullable();
    t.string('agent', 255);
  });

  await create('api_tokens', (t) => {
    id(t);
    t.string('public_id', 24).notNullable().unique();
    t.string('name', 120).notNullable();
    t.string('token_hash', 64).notNullable().unique();
    t.string('hint', 8).notNullable();
    t.json('scopes').notNullable();
    ref(t, 'staff_id');
    time(t, 'created_at').notNullable();
    time(t, 'last_used_at');
  });

  await create('audit_log', (t) => {
    id(t);
    time(t, 'at').notNullable().index();
    ref(t, 'staff_id');
    ref(t, 'token_id');
    t.string('action', 64).notNullable();
    t.string('target', 64);
    t.json('data');
  });

  await create('idempotency_keys', (t) => {
    t.string('key', 96).primary();
    t.string('request_hash', 64).notNullable();
    t.integer('status');
    t.text('body', 'mediumtext');
    time(t, 'created_at').notNullable().index();
  });

  // --- Bots, people, connections ------------------------------------------------------------

  await create('bots', (t) => {
    id(t);
    t.string('public_id', 24).notNullable().unique();
    t.string('channel', 32).notNullable();
    t.string('external_id', 190).notNullable();
    t.string('name', 200).notNullable();
    t.text('secrets').notNullable();
    t.json('settings').notNullable();
    t.json('profile').notNullable();
    t.string('status', 16).notNullable();
    t.string('webhook_key', 64).notNullable().unique();
    t.string('webhook_state', 16).notNullable();
    time(t, 'last_inbound_at');
    time(t, 'last_outbound_at');
    time(t, 'last_error_at');
    t.string('last_error', 500);
    time(t, 'created_at').notNullable();
    t.unique(['channel', 'external_id']);
  });

  await create('subscribers', (t) => {
    id(t);
    t.string('public_id', 24).notNullable().unique();
    t.string('external_key', 190).unique();
    t.string('first_name', 200);
    t.string('last_name', 200);
    t.string('locale', 35);
    t.string('time_zone', 64);
    t.string('phone', 32).index();
    t.string('email', 254).index();
    t.json('attributes').notNullable();
    // Lower-cased names, phone and e-mail: one text to search, alike on every database.
    t.string('search_text', 700).notNullable().defaultTo('');
    ref(t, 'main_connection_id');
    time(t, 'created_at').notNullable();
    time(t, 'last_seen_at').index();
    time(t, 'erased_at');
  });

  await create('attribute_definitions', (t) => {
    id(t);
    t.string('key', 64).notNullable().unique();
    t.string('name', 120).notNullable();
    t.string('type', 16).notNullable();
    t.json('choices');
    time(t, 'created_at').notNullable();
  });

  await create('tags', (t) => {
    id(t);
    t.string('name', 120).notNullable().unique();
    time(t, 'created_at').notNullable();
  });

  await create('subscriber_tags', (t) => {
    ref(t, 'tag_id').notNullable();
    ref(t, 'subscriber_id').notNullable();
    t.primary(['tag_id', 'subscriber_id']);
    t.index(['subscriber_id', 'tag_id']);
  });

  await create('connections', (t) => {
    id(t);
    ref(t, 'subscriber_id').notNullable().index();
    ref(t, 'bot_id').notNullable();
    t.string('external_id', 190).notNullable();
    t.string('status', 16).notNullable();
    t.string('reason', 64);
    time(t, 'since').notNullable();
    time(t, 'subscribed_at');
    time(t, 'last_inbound_at');
    t.string('ref', 190);
    t.unique(['bot_id', 'external_id']);
  });

  await create('events', (t) => {
    id(t);
    time(t, 'at').notNullable();
    t.string('kind', 32).notNullable();
    ref(t, 'subscriber_id');
    ref(t, 'connection_id');
    ref(t, 'bot_id');
    ref(t, 'campaign_id');
    ref(t, 'delivery_id');
    t.string('external_id', 190);
    t.json('data');
    t.unique(['bot_id', 'external_id']);
    t.index(['subscriber_id', 'at']);
    t.index(['campaign_id', 'kind']);
  });

  // --- Campaigns and the delivery ledger ----------------------------------------------------

  await create('messages', (t) => {
    id(t);
    time(t, 'created_at').notNullable();
  });

  await create('message_versions', (t) => {
    id(t);
    ref(t, 'message_id').notNullable();
    t.integer('number').notNullable();
    t.json('content').notNullable();
    time(t, 'created_at').notNullable();
    t.unique(['message_id', 'number']);
  });

  await create('campaigns', (t) => {
    id(t);
    t.string('public_id', 24).notNullable().unique();
    t.string('kind', 16).notNullable();
    t.string('state', 16).notNullable();
    t.string('reason', 64);
    t.string('name', 200).notNullable();
    t.string('description', 1000);
    t.string('locale', 35);
    t.json('audience').notNullable();
    t.json('settings').notNullable();
    ref(t, 'message_id').notNullable();
    // The version that is (being) sent; a draft shows the newest one.
    ref(t, 'message_version_id');
    t.integer('version').notNullable().defaultTo(1);
    time(t, 'due_at');
    time(t, 'started_at');
    time(t, 'finished_at');
    // Planning walks subscriber ids from the cursor to the ceiling fixed when sending started.
    ref(t, 'plan_ceiling');
    ref(t, 'plan_cursor');
    ref(t, 'staff_id');
    time(t, 'created_at').notNullable();
    time(t, 'updated_at').notNullable();
    time(t, 'deleted_at');
    t.index(['state', 'due_at']);
  });

  await create('deliveries', (t) => {
    id(t);
    ref(t, 'campaign_id').notNullable();
    ref(t, 'subscriber_id').notNullable();
    ref(t, 'connection_id').notNullable();
    ref(t, 'bot_id').notNullable();
    // '' for a plain mailing; a test, a reply or a repeated send says what it is for.
    t.string('cause', 64).notNullable().defaultTo('');
    // campaign | test | reply: only 'campaign' rows are counted in statistics.
    t.string('purpose', 8).notNullable().defaultTo('campaign');
    t.string('variant', 16);
    t.string('state', 12).notNullable();
    t.string('reason', 32);
    t.string('detail', 300);
    t.integer('attempts').notNullable().defaultTo(0);
    // How many of the message's payloads the messenger has accepted so far.
    t.integer('parts').notNullable().defaultTo(0);
    t.string('external_message_id', 190);
    // The message of a single delivery (a test, a reply); null means the campaign's own.
    t.json('content');
    time(t, 'planned_at').notNullable();
    time(t, 'sending_at');
    time(t, 'settled_at');
    time(t, 'sent_at');
    time(t, 'delivered_at');
    time(t, 'opened_at');
    time(t, 'link_clicked_at');
    time(t, 'buy_clicked_at');
    time(t, 'button_clicked_at');
    time(t, 'replied_at');
    time(t, 'unsubscribed_at');
    t.unique(['campaign_id', 'subscriber_id', 'cause']);
    t.index(['campaign_id', 'id']);
    t.index(['bot_id', 'external_message_id']);
    t.index(['subscriber_id', 'id']);
  });

  // A run of one campaign's deliveries over one bot: the unit a sender leases.
  await create('slices', (t) => {
    id(t);
    ref(t, 'campaign_id').notNullable();
    ref(t, 'bot_id').notNullable();
    ref(t, 'first_delivery_id').notNullable();
    ref(t, 'last_delivery_id').notNullable();
    t.string('lease_owner', 64);
    time(t, 'lease_until');
    t.boolean('done').notNullable().defaultTo(false);
    t.unique(['campaign_id', 'bot_id', 'first_delivery_id']);
    t.index(['bot_id', 'done', 'lease_until']);
  });

  // What falls due singly: tests, replies and later tries. Small, so that its index stays small.
  await create('due_deliveries', (t) => {
    ref(t, 'delivery_id').notNullable().primary();
    ref(t, 'bot_id').notNullable();
    ref(t, 'campaign_id').notNullable();
    t.integer('priority').notNullable();
    time(t, 'due_at').notNullable();
    t.string('lease_owner', 64);
    time(t, 'lease_until');
    t.index(['bot_id', 'due_at']);
    t.index(['campaign_id']);
  });

  // A cache of counts over deliveries, events and orders; `herald audit` rebuilds and compares it.
  await create('counters', (t) => {
    ref(t, 'campaign_id').notNullable();
    ref(t, 'bot_id').notNullable();
    t.string('button_id', 32).notNullable().defaultTo('');
    t.string('figure', 32).notNullable();
    t.bigInteger('value').notNullable();
    t.primary(['campaign_id', 'bot_id', 'button_id', 'figure']);
  });

  await create('counter_minutes', (t) => {
    ref(t, 'campaign_id').notNullable();
    t.string('figure', 32).notNullable();
    time(t, 'minute').notNullable();
    t.bigInteger('value').notNullable();
    t.primary(['campaign_id', 'figure', 'minute']);
  });

  // What a button or a link of one campaign leads to; the token people see carries delivery and number.
  await create('links', (t) => {
    id(t);
    ref(t, 'campaign_id').notNullable();
    t.integer('number').notNullable();
    t.string('channel', 32).notNullable();
    t.string('button_id', 32).notNullable();
    t.string('kind', 16).notNullable();
    t.string('label', 200).notNullable();
    t.json('target').notNullable();
    t.unique(['campaign_id', 'number']);
  });

  await create('orders', (t) => {
    id(t);
    t.string('public_id', 24).notNullable().unique();
    t.string('source', 32).notNullable();
    t.string('external_id', 190).notNullable();
    ref(t, 'delivery_id');
    ref(t, 'campaign_id');
    ref(t, 'bot_id');
    ref(t, 'subscriber_id').index();
    t.string('button_id', 32).notNullable().defaultTo('');
    t.string('product', 200).notNullable();
    t.bigInteger('amount').notNullable();
    t.string('currency', 3).notNullable();
    t.string('state', 12).notNullable();
    t.json('customer').notNullable();
    time(t, 'ordered_at').notNullable();
    time(t, 'paid_at');
    time(t, 'closed_at');
    t.unique(['source', 'external_id']);
    t.index(['campaign_id', 'state']);
  });

  // --- The website chat's mailbox, pictures, imports ----------------------------------------

  await create('web_messages', (t) => {
    id(t);
    ref(t, 'bot_id').notNullable();
    t.string('visitor_id', 64).notNullable();
    t.string('direction', 3).notNullable();
    // Repeated sends and repeated posts carry the same key and change nothing.
    t.string('key', 96).notNullable();
    t.json('payload').notNullable();
    time(t, 'at').notNullable();
    t.unique(['bot_id', 'visitor_id', 'key']);
    t.index(['bot_id', 'visitor_id', 'id']);
  });

  await create('media', (t) => {
    id(t);
    t.string('public_id', 24).notNullable().unique();
    t.string('name', 200).notNullable();
    t.string('type', 64).notNullable();
    t.integer('size').notNullable();
    t.integer('width');
    t.integer('height');
    t.string('sha256', 64).notNullable().unique();
    t.specificType('body', mysql ? 'mediumblob' : 'blob').notNullable();
    time(t, 'created_at').notNullable();
  });

  await create('imports', (t) => {
    id(t);
    t.string('public_id', 24).notNullable().unique();
    t.string('state', 16).notNullable();
    t.string('name', 200).notNullable();
    t.string('file', 255).notNullable();
    t.json('options').notNullable();
    t.integer('total_rows').notNullable().defaultTo(0);
    t.integer('read_rows').notNullable().defaultTo(0);
    t.integer('added').notNullable().defaultTo(0);
    t.integer('updated').notNullable().defaultTo(0);
    t.integer('bad').notNullable().defaultTo(0);
    t.bigInteger('position').notNullable().defaultTo(0);
    t.string('reason', 200);
    ref(t, 'staff_id');
    time(t, 'created_at').notNullable();
    time(t, 'finished_at');
  });

  await create('import_errors', (t) => {
    id(t);
    ref(t, 'import_id').notNullable();
    t.integer('row').notNullable();
    t.string('field', 120);
    t.string('code', 64).notNullable();
    t.string('value', 300);
    t.unique(['import_id', 'row', 'field', 'code']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [
    'import_errors',
    'imports',
    'media',
    'web_messages',
    'orders',
    'links',
    'counter_minutes',
    'counters',
    'due_deliveries',
    'slices',
    'deliveries',
    'campaigns',
    'message_versions',
    'messages',
    'events',
    'connections',
    'subscriber_tags',
    'tags',
    'attribute_definitions',
    'subscribers',
    'bots',
    'idempotency_keys',
    'audit_log',
    'api_tokens',
    'sessions',
    'staff',
    'settings',
  ])
    await knex.schema.dropTableIfExists(table);
}
