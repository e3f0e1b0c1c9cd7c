// Tables of people: a page of rows with their main connection, one person's card, and the timeline of messages and events.
import type { Filter } from '../domain/audience.ts';
import type { ConnectionStatus, Subscriber } from '../domain/subscriber.ts';
import { cleanText, fullName, lowerCase } from '../domain/text.ts';
import { connectionsOf } from './connections.ts';
import type { Database } from './database.ts';
import { applyFilter, filterContext } from './filter-sql.ts';
import { decodeCursor, encodeCursor, type Page, type PageQuery } from './page.ts';
import { getSubscriber, highestSubscriberId } from './subscribers.ts';
import { tagsOf } from './tags.ts';
import { walkDown } from './walk.ts';

export interface SubscriberRow {
  /** Public id. */
  id: string;
  name: string;
  firstName: string | null;
  lastName: string | null;
  channel: string | null;
  /** The bot's name. */
  bot: string | null;
  status: ConnectionStatus | null;
  locale: string | null;
  tags: string[];
  subscribedAt: number | null;
  lastSeenAt: number | null;
}

interface JoinedRow {
  id: number;
  public_id: string;
  first_name: string | null;
  last_name: string | null;
  locale: string | null;
  last_seen_at: number | null;
  status: ConnectionStatus | null;
  subscribed_at: number | null;
  channel: string | null;
  bot_name: string | null;
}

/** Rows for the table, in the given order; each shows the given connection, or none. */
export async function rowsOf(
  db: Database,
  people: readonly { subscriberId: number; connectionId: number | null }[],
): Promise<SubscriberRow[]> {
  const ids = people.map((person) => person.subscriberId);
  const connectionIds = people.map((person) => person.connectionId).filter((id) => id !== null);
  const rows: JoinedRow[] = await db('subscribers as s')
    .leftJoin('connections as c', (join) => void join.on('c.subscriber_id', 's.id').onIn('c.id', [0, ...connectionIds]))
    .leftJoin('bots as b', 'b.id', 'c.bot_id')
    .whereIn('s.id', ids)
    .select(
      's.id',
      's.public_id',
      's.first_name',
      's.last_name',
      's.locale',
      's.last_seen_at',
      'c.status',
      'c.subscribed_at',
      'b.channel',
      'b.name as bot_name',
    );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const tags = await tagsOf(db, ids);
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? [toRow(row, tags.get(id) ?? [])] : [];
  });
}

const toRow = (row: JoinedRow, tags: string[]): SubscriberRow => ({
  id: row.public_id,
  name: fullName(row.first_name, row.last_name),
  firstName: row.first_name,
  lastName: row.last_name,
  channel: row.channel,
  bot: row.bot_name,
  status: row.status,
  locale: row.locale,
  tags,
  subscribedAt: row.subscribed_at,
  lastSeenAt: row.last_seen_at,
});

export interface PeopleQuery extends PageQuery {
  search?: string | undefined;
  /** From `parseFilter`; speaks of the main connection. */
  filter?: Filter | undefined;
}

/** Everyone known, newest first, also those without a connection. */
export async function pageOfPeople(
  db: Database,
  { search, filter, cursor, limit }: PeopleQuery,
  { now, signal }: { now: number; signal?: AbortSignal },
): Promise<Page<SubscriberRow>> {
  const context = await filterContext(db, now);
  const words = lowerCase(cleanText(search ?? ''))
    .split(/\s+/)
    .filter((word) => word !== '');
  const before = decodeCursor(cursor, 1)?.[0];
  const found: { id: number; main_connection_id: number | null }[] = [];
  await walkDown(
    db,
    { from: 0, to: before === undefined ? await highestSubscriberId(db) : before - 1, signal },
    async (from, to) => {
      const query = db('subscribers as s')
        .leftJoin('connections as c', 'c.id', 's.main_connection_id')
        .where('s.id', '>', from)
        .where('s.id', '<=', to)
        .whereNull('s.erased_at')
        .orderBy('s.id', 'desc')
        .limit(limit + 1 - found.length)
        .select('s.id', 's.main_connection_id');
      for (const word of words) query.whereRaw('instr(s.search_text, ?) > 0', [word]);
      if (filter) applyFilter(query, filter, { ...context, range: { from, to } });
      found.push(...((await query) as typeof found));
      return found.length > limit ? 'stop' : undefined;
    },
  );
  const shown = found.slice(0, limit);
  const items = await rowsOf(
    db,
    shown.map((row) => ({ subscriberId: row.id, connectionId: row.main_connection_id })),
  );
  const last = shown.at(-1);
  return { items, next: found.length > limit && last ? encodeCursor(last.id) : null };
}

// --- The card -------------------------------------------------------------------------------

export interface ConnectionCard {
  id: number;
  bot: { id: string; name: string; channel: string };
  address: string;
  status: ConnectionStatus;
  reason: string | null;
  since: number;
  subscribedAt: number | null;
  lastInboundAt: number | null;
  ref: string | null;
  main: boolean;
}

export interface SubscriberCard extends Omit<Subscriber, 'id' | 'publicId' | 'mainConnectionId'> {
  /** Public id. */
  id: string;
  name: string;
  tags: string[];
  connections: ConnectionCard[];
}

export async function subscriberCard(db: Database, publicId: string): Promise<SubscriberCard | null> {
  const subscriber = await getSubscriber(db, publicId);
  if (!subscriber) return null;
  const { id, publicId: outside, mainConnectionId, ...profile } = subscriber;
  const bots: { id: number; public_id: string; name: string; channel: string }[] = await db('bots').select(
    'id',
    'public_id',
    'name',
    'channel',
  );
  const connections = (await connectionsOf(db, id)).flatMap((connection): ConnectionCard[] => {
    const bot = bots.find((one) => one.id === connection.botId);
    if (!bot) return [];
    const { subscriberId: _, botId: __, externalId, ...facts } = connection;
    return [
      {
        ...facts,
        address: externalId,
        main: connection.id === mainConnectionId,
        bot: { id: bot.public_id, name: bot.name, channel: bot.channel },
      },
    ];
  });
  const tags = (await tagsOf(db, [id])).get(id) ?? [];
  return { ...profile, id: outside, name: fullName(subscriber.firstName, subscriber.lastName), tags, connections };
}
