// Many people at once who are met for the first time at one bot: four statements for all of them, where one by one
// each would take as many. What it writes is what `findOrCreateByConnection` writes.
import type { PersonProfile } from '../domain/channel.ts';
import type { Connection } from '../domain/subscriber.ts';
import type { ConnectionRow } from './connections.ts';
import { type Database, newPublicId } from './database.ts';
import { profileColumns, searchTextFor } from './subscribers.ts';

export interface Newcomer {
  profile: PersonProfile | undefined;
  /** The connection they begin with; its address must be unknown at the bot, and twice in no list. */
  connection: Omit<Connection, 'id' | 'subscriberId' | 'botId'>;
  lastSeenAt: number;
}

/** Those of the addresses that somebody has at this bot, locked. */
export async function knownAddresses(
  db: Database,
  botId: number,
  addresses: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows: { external_id: string }[] = await db('connections')
    .where({ bot_id: botId })
    .whereIn('external_id', [...addresses])
    .forUpdate()
    .select('external_id');
  return new Set(rows.map((row) => row.external_id));
}

/** Answers their ids in the same order. Fails as a whole when one of the addresses is taken; call it in a transaction. */
export async function insertNewcomers(
  db: Database,
  botId: number,
  people: readonly Newcomer[],
): Promise<{ subscriberId: number; connectionId: number }[]> {
  if (people.length === 0) return [];
  const publicIds = people.map(() => newPublicId());
  await db('subscribers').insert(
    people.map(({ profile, lastSeenAt }, index) => {
      const columns = profileColumns(profile ?? {});
      return {
        public_id: publicIds[index],
        ...columns,
        attributes: '{}',
        search_text: searchTextFor(columns),
        created_at: lastSeenAt,
        last_seen_at: lastSeenAt,
      };
    }),
  );
  const made: { id: number; public_id: string }[] = await db('subscribers')
    .whereIn('public_id', publicIds)
    .select('id', 'public_id');
  const subscriberIds = new Map(made.map((row) => [row.public_id, row.id]));
  const rows = people.map(({ connection }, index): Omit<ConnectionRow, 'id'> => ({
    subscriber_id: subscriberIds.get(publicIds[index]!)!,
    bot_id: botId,
    external_id: connection.externalId,
    status: connection.status,
    reason: connection.reason,
    since: connection.since,
    subscribed_at: connection.subscribedAt,
    last_inbound_at: connection.lastInboundAt,
    ref: connection.ref,
  }));
  await db('connections').insert(rows);
  const ids = rows.map((row) => row.subscriber_id);
  const found: { id: number; subscriber_id: number }[] = await db('connections')
    .whereIn('subscriber_id', ids)
    .select('id', 'subscriber_id');
  const connectionIds = new Map(found.map((row) => [row.subscriber_id, row.id]));
  await db('subscribers')
    .whereIn('id', ids)
    .update({
      main_connection_id: db.raw('(select c.id from connections c where c.subscriber_id = subscribers.id)'),
    });
  return ids.map((subscriberId) => ({ subscriberId, connectionId: connectionIds.get(subscriberId)! }));
}
