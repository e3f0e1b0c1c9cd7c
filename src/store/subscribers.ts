// People: found or made by an address, read one at a time, changed. `search_text` is written by every function that
// writes a name, a phone or an e-mail address. Tables and timelines are in `people.ts`.
import { mergeAttributes } from '../domain/attributes.ts';
import type { PersonProfile } from '../domain/channel.ts';
import { inStoredForm } from '../domain/profile.ts';
import type { AttributeValue, Connection, ConnectionStatus, Subscriber } from '../domain/subscriber.ts';
import { cleanOrNull, searchTextOf } from '../domain/text.ts';
import { type ConnectionRow, findConnection, toConnection } from './connections.ts';
import type { Database } from './database.ts';
import { isDuplicate, newPublicId, readJson } from './database.ts';

export interface SubscriberRecord {
  id: number;
  public_id: string;
  external_key: string | null;
  first_name: string | null;
  last_name: string | null;
  locale: string | null;
  time_zone: string | null;
  phone: string | null;
  email: string | null;
  attributes: unknown;
  main_connection_id: number | null;
  created_at: number;
  last_seen_at: number | null;
}

const toSubscriber = (row: SubscriberRecord): Subscriber => ({
  id: row.id,
  publicId: row.public_id,
  externalKey: row.external_key,
  firstName: row.first_name,
  lastName: row.last_name,
  locale: row.locale,
  timeZone: row.time_zone,
  phone: row.phone,
  email: row.email,
  attributes: readJson<Record<string, AttributeValue>>(row.attributes),
  mainConnectionId: row.main_connection_id,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
});

/** The parts of a person that a platform, an import or a person may fill in. */
export interface ProfileColumns {
  first_name: string | null;
  last_name: string | null;
  locale: string | null;
  time_zone: string | null;
  phone: string | null;
  email: string | null;
}

export const LIMITS = { name: 200, locale: 35, timeZone: 64, phone: 32, email: 254, externalKey: 190 } as const;

export function profileColumns(told: PersonProfile): ProfileColumns {
  const profile = inStoredForm(told);
  return {
    first_name: cleanOrNull(profile.firstName, LIMITS.name),
    last_name: cleanOrNull(profile.lastName, LIMITS.name),
    locale: cleanOrNull(profile.locale, LIMITS.locale),
    time_zone: cleanOrNull(profile.timeZone, LIMITS.timeZone),
    phone: cleanOrNull(profile.phone, LIMITS.phone),
    email: cleanOrNull(profile.email, LIMITS.email),
  };
}

export const searchTextFor = (row: Pick<ProfileColumns, 'first_name' | 'last_name' | 'phone' | 'email'>): string =>
  searchTextOf(row.first_name, row.last_name, row.phone, row.email);

// --- Reading --------------------------------------------------------------------------------

export async function getSubscriber(db: Database, publicId: string): Promise<Subscriber | null> {
  const row = await db<SubscriberRecord & { erased_at: number | null }>('subscribers')
    .where({ public_id: publicId })
    .whereNull('erased_at')
    .first();
  return row ? toSubscriber(row) : null;
}

export async function getSubscriberById(db: Database, id: number): Promise<Subscriber | null> {
  const row = await db<SubscriberRecord>('subscribers').where({ id }).first();
  return row ? toSubscriber(row) : null;
}

/** The ceiling of a walk over everyone; 0 when there is nobody. */
export async function highestSubscriberId(db: Database): Promise<number> {
  const [row] = (await db('subscribers').max({ id: 'id' })) as { id: number | null }[];
  return row?.id ?? 0;
}

// --- Writing --------------------------------------------------------------------------------

export interface Contact {
  botId: number;
  /** The person's address at the bot. */
  address: string;
  profile?: PersonProfile | undefined;
  /** What a new connection becomes. */
  status?: ConnectionStatus;
  ref?: string | null;
  now: number;
}

/**
 * The person behind an address, made when nobody is known there; blanks in a known person's profile are filled in.
 * A first connection becomes the main one. Call it inside a transaction.
 */
export async function findOrCreateByConnection(
  db: Database,
  contact: Contact,
): Promise<{ subscriber: Subscriber; connection: Connection; created: boolean }> {
  const known = await findKnown(db, contact);
  if (known) return known;
  const profile = profileColumns(contact.profile ?? {});
  const status = contact.status ?? 'active';
  const [subscriberId] = await db('subscribers').insert({
    public_id: newPublicId(),
    ...profile,
    attributes: '{}',
    search_text: searchTextFor(profile),
    created_at: contact.now,
    last_seen_at: contact.now,
  });
  const connection: Omit<ConnectionRow, 'id'> = {
    subscriber_id: subscriberId!,
    bot_id: contact.botId,
    external_id: contact.address,
    status,
    reason: null,
    since: contact.now,
    subscribed_at: status === 'active' ? contact.now : null,
    last_inbound_at: null,
    ref: contact.ref?.slice(0, 190) ?? null,
  };
  try {
    const [connectionId] = await db('connections').insert(connection);
    await db('subscribers').where({ id: subscriberId }).update({ main_connection_id: connectionId });
    const subscriber = await getSubscriberById(db, subscriberId!);
    return { subscriber: subscriber!, connection: toConnection({ ...connection, id: connectionId! }), created: true };
  } catch (error) {
    // Another process met the same person at the same instant: theirs holds.
    if (!isDuplicate(error)) throw error;
    await db('subscribers').where({ id: subscriberId }).delete();
    const raced = await findKnown(db, contact);
    if (!raced) throw error;
    return raced;
  }
}

async function findKnown(
  db: Database,
  contact: Contact,
): Promise<{ subscriber: Subscriber; connection: Connection; created: false } | null> {
  const connection = await findConnection(db, contact.botId, contact.address);
  if (!connection) return null;
  if (contact.profile) await fillProfile(db, connection.subscriberId, contact.profile);
  return { subscriber: (await getSubscriberById(db, connection.subscriberId))!, connection, created: false };
}

/** Fills in what is not known yet; what the team or an import wrote stays. */
export async function fillProfile(db: Database, subscriberId: number, profile: PersonProfile): Promise<void> {
  const row: ProfileColumns | undefined = await db('subscribers')
    .where({ id: subscriberId })
    .first('first_name', 'last_name', 'locale', 'time_zone', 'phone', 'email');
  if (!row) return;
  const given = profileColumns(profile);
  const filled: ProfileColumns = {
    first_name: row.first_name ?? given.first_name,
    last_name: row.last_name ?? given.last_name,
    locale: row.locale ?? given.locale,
    time_zone: row.time_zone ?? given.time_zone,
    phone: row.phone ?? given.phone,
    email: row.email ?? given.email,
  };
  if ((Object.keys(filled) as (keyof ProfileColumns)[]).every((column) => filled[column] === row[column])) return;
  await db('subscribers')
    .where({ id: subscriberId })
    .update({ ...filled, search_text: searchTextFor(filled) });
}

/** The person at this address, if nobody knows their first name yet. */
export async function findNameless(db: Database, botId: number, address: string): Promise<number | null> {
  const row: { id: number } | undefined = await db('subscribers')
    .join('connections', 'connections.subscriber_id', 'subscribers.id')
    .where({ 'connections.bot_id': botId, 'connections.external_id': address })
    .whereNull('subscribers.first_name')
    .first('subscribers.id as id');
  return row?.id ?? null;
}

/** Only ever moves forward. */
export async function touchLastSeen(db: Database, subscriberId: number, at: number): Promise<void> {
  await db('subscribers')
    .where({ id: subscriberId })
    .where((query) => query.whereNull('last_seen_at').orWhere('last_seen_at', '<', at))
    .update({ last_seen_at: at });
}

/** Sets checked attributes (null clears); answers those that changed, with their old values. */
export async function setAttributes(
  db: Database,
  subscriberId: number,
  change: Readonly<Record<string, AttributeValue>>,
): Promise<{ key: string; before: AttributeValue; after: AttributeValue }[]> {
  const row: { attributes: unknown } | undefined = await db('subscribers')
    .where({ id: subscriberId })
    .first('attributes');
  if (!row) return [];
  const before = readJson<Record<string, AttributeValue>>(row.attributes);
  const changes = Object.entries(change)
    .map(([key, after]) => ({ key, before: before[key] ?? null, after }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
  if (changes.length > 0) {
    await db('subscribers')
      .where({ id: subscriberId })
      .update({ attributes: JSON.stringify(mergeAttributes(before, change)) });
  }
  return changes;
}
