// Builders of bots, people and connections for store tests: defaults everywhere, so that a test names only what matters.
import type { AttributeValue, ConnectionStatus } from '../../src/domain/subscriber.ts';
import { type Bot, insertBot } from '../../src/store/bots.ts';
import type { Database } from '../../src/store/database.ts';
import { newPublicId } from '../../src/store/database.ts';
import { openKeyring } from '../../src/store/secrets.ts';
import { profileColumns, searchTextFor } from '../../src/store/subscribers.ts';
import { addTag } from '../../src/store/tags.ts';

export const NOW = Date.UTC(2026, 10, 22, 12);
export const keyring = openKeyring('11'.repeat(32));

let count = 0;

export async function aBot(db: Database, bot: { channel?: string; name?: string } = {}, ring = keyring): Promise<Bot> {
  count += 1;
  return insertBot(db, ring, {
    channel: bot.channel ?? 'alpha',
    externalId: `bot-${count}`,
    name: bot.name ?? `Bot ${count}`,
    secrets: { credentials: { token: `secret-token-${count}` }, webhookSecret: 'hook' },
    settings: {},
    profile: { username: null, picture: null, link: null },
    webhookState: 'none',
    now: NOW,
  });
}

export interface PersonSpec {
  firstName?: string;
  lastName?: string;
  email?: string;
  phone?: string;
  locale?: string;
  timeZone?: string;
  attributes?: Record<string, AttributeValue>;
  tags?: readonly string[];
  lastSeenAt?: number | null;
  /** The first is the main connection. */
  connections?: readonly { bot: Bot; status?: ConnectionStatus; subscribedAt?: number | null; address?: string }[];
}

export interface PersonIds {
  id: number;
  publicId: string;
  connectionIds: number[];
}

export async function aPerson(db: Database, person: PersonSpec = {}): Promise<PersonIds> {
  const profile = profileColumns(person);
  const publicId = newPublicId();
  const [id] = await db('subscribers').insert({
    public_id: publicId,
    ...profile,
    attributes: JSON.stringify(person.attributes ?? {}),
    search_text: searchTextFor(profile),
    created_at: NOW,
    last_seen_at: person.lastSeenAt ?? null,
  });
  const connectionIds: number[] = [];
  for (const connection of person.connections ?? []) {
    count += 1;
    const [connectionId] = await db('connections').insert({
      subscriber_id: id,
      bot_id: connection.bot.id,
      external_id: connection.address ?? `address-${count}`,
      status: connection.status ?? 'active',
      since: NOW,
      subscribed_at: connection.subscribedAt === undefined ? NOW : connection.subscribedAt,
    });
    connectionIds.push(connectionId!);
  }
  if (connectionIds.length > 0) await db('subscribers').where({ id }).update({ main_connection_id: connectionIds[0] });
  for (const tag of person.tags ?? []) await addTag(db, id!, tag, NOW);
  return { id: id!, publicId, connectionIds };
}
