// Who is who in one batch of imported people: which rows speak of somebody who is known, which of the same person, and
// what each person comes to with the rows laid over. Reads a fixed number of times, and writes nothing.
import { mergeAttributes } from '../domain/attributes.ts';
import type { ImportedPerson } from '../domain/import.ts';
import type { AttributeValue, ConnectionStatus } from '../domain/subscriber.ts';
import type { Database } from './database.ts';
import { newPublicId, readJson } from './database.ts';

export interface BatchRow {
  row: number;
  person: ImportedPerson;
}

export interface BatchOptions {
  /** The bot the addresses belong to. */
  botId: number | null;
  /** Given to everyone in the import. */
  tags: readonly string[];
  /** Public id of the import, for the timeline. */
  importId: string;
  now: number;
}

export interface BatchResult {
  added: number;
  updated: number;
  /** Rows whose keys belong to two different people. */
  conflicts: BatchRow[];
}

/** One person of the batch: as the database has them, with what the rows say laid over. */
export interface Target {
  /** Null for a person to be made. */
  id: number | null;
  publicId: string;
  columns: PersonColumns;
  attributes: Record<string, AttributeValue>;
  mainConnectionId: number | null;
  tags: Set<string>;
  /** By address. */
  connections: Map<string, { status: ConnectionStatus; subscribedAt: number | null; known: boolean; changed: boolean }>;
  touched: boolean;
}

export interface PersonColumns {
  external_key: string | null;
  first_name: string | null;
  last_name: string | null;
  locale: string | null;
  time_zone: string | null;
  phone: string | null;
  email: string | null;
}

export interface Resolved {
  targets: Target[];
  result: BatchResult;
}

/** Rows are taken in the order of the file, so a later row about the same person adds to the earlier one. */
export async function resolveBatch(db: Database, rows: readonly BatchRow[], options: BatchOptions): Promise<Resolved> {
  const known = await findKnown(db, rows, options.botId);
  const targets = new Set<Target>();
  const result: BatchResult = { added: 0, updated: 0, conflicts: [] };
  for (const one of rows) {
    const { person } = one;
    const holder = person.externalKey === undefined ? undefined : known.byKey.get(person.externalKey);
    const found =
      (person.address === undefined ? undefined : known.byAddress.get(person.address)) ??
      holder ??
      (person.email === undefined ? undefined : known.byEmail.get(person.email)) ??
      (person.phone === undefined ? undefined : known.byPhone.get(person.phone));
    if (holder && found !== holder) {
      result.conflicts.push(one);
      continue;
    }
    if (found) result.updated += 1;
    else result.added += 1;
    const target = found ?? newTarget();
    targets.add(target);
    layOver(target, person, options.now);
    remember(known, target, person);
  }
  return { targets: [...targets], result };
}

interface Known {
  byAddress: Map<string, Target>;
  byKey: Map<string, Target>;
  byEmail: Map<string, Target>;
  byPhone: Map<string, Target>;
}

const newTarget = (): Target => ({
  id: null,
  publicId: newPublicId(),
  columns: {
    external_key: null,
    first_name: null,
    last_name: null,
    locale: null,
    time_zone: null,
    phone: null,
    email: null,
  },
  attributes: {},
  mainConnectionId: null,
  tags: new Set(),
  connections: new Map(),
  touched: true,
});

interface KnownRow extends PersonColumns {
  id: number;
  public_id: string;
  attributes: unknown;
  main_connection_id: number | null;
}

const KNOWN_COLUMNS = [
  'id',
  'public_id',
  'external_key',
  'first_name',
  'last_name',
  'locale',
  'time_zone',
  'phone',
  'email',
  'attributes',
  'main_connection_id',
].map((name) => `s.${name}`);

async function findKnown(db: Database, rows: readonly BatchRow[], botId: number | null): Promise<Known> {
  const known: Known = { byAddress: new Map(), byKey: new Map(), byEmail: new Map(), byPhone: new Map() };
  const targets = new Map<number, Target>();
  const targetOf = (row: KnownRow): Target => {
    const target = targets.get(row.id) ?? toTarget(row);
    targets.set(row.id, target);
    return target;
  };
  const given = (key: 'address' | 'externalKey' | 'email' | 'phone'): string[] => [
    ...new Set(rows.map(({ person }) => person[key]).filter((value) => value !== undefined)),
  ];
  const find = async (column: string, values: string[]): Promise<KnownRow[]> =>
    values.length === 0
      ? []
      : db('subscribers as s')
          .whereIn(column, values)
          .whereNull('s.erased_at')
          .orderBy('s.id', 'desc')
          .select(KNOWN_COLUMNS);

  const addresses = given('address');
  if (botId !== null && addresses.length > 0) {
    const found: (KnownRow & { address: string; status: ConnectionStatus; subscribed_at: number | null })[] = await db(
      'connections as c',
    )
      .join('subscribers as s', 's.id', 'c.subscriber_id')
      .where('c.bot_id', botId)
      .whereIn('c.external_id', addresses)
      .select(...KNOWN_COLUMNS, 'c.external_id as address', 'c.status', 'c.subscribed_at');
    for (const row of found) {
      const target = targetOf(row);
      target.connections.set(row.address, {
        status: row.status,
        subscribedAt: row.subscribed_at,
        known: true,
        changed: false,
      });
      known.byAddress.set(row.address, target);
    }
  }
  // Newest first, so that of several people with one e-mail address the one known longest is kept in the map.
  for (const row of await find('s.external_key', given('externalKey')))
    known.byKey.set(row.external_key!, targetOf(row));
  for (const row of await find('s.email', given('email'))) known.byEmail.set(row.email!, targetOf(row));
  for (const row of await find('s.phone', given('phone'))) known.byPhone.set(row.phone!, targetOf(row));
  return known;
}

function toTarget(row: KnownRow): Target {
  const { external_key, first_name, last_name, locale, time_zone, phone, email } = row;
  return {
    ...newTarget(),
    id: row.id,
    publicId: row.public_id,
    columns: { external_key, first_name, last_name, locale, time_zone, phone, email },
    attributes: readJson<Record<string, AttributeValue>>(row.attributes),
    mainConnectionId: row.main_connection_id,
    touched: false,
  };
}

/** What a row fills in replaces what was there; what it leaves empty stays. */
function layOver(target: Target, person: ImportedPerson, now: number): void {
  const columns: PersonColumns = {
    external_key: person.externalKey ?? target.columns.external_key,
    first_name: person.firstName ?? target.columns.first_name,
    last_name: person.lastName ?? target.columns.last_name,
    locale: person.locale ?? target.columns.locale,
    time_zone: person.timeZone ?? target.columns.time_zone,
    phone: person.phone ?? target.columns.phone,
    email: person.email ?? target.columns.email,
  };
  const attributes = mergeAttributes(target.attributes, person.attributes);
  target.touched ||= JSON.stringify([columns, attributes]) !== JSON.stringify([target.columns, target.attributes]);
  target.columns = columns;
  target.attributes = attributes;
  for (const tag of person.tags) target.tags.add(tag);
  if (person.address !== undefined) layOverConnection(target, person.address, person, now);
}

/** An import may close a connection, never reopen one: whoever unsubscribed or blocked stays so. */
function layOverConnection(target: Target, address: string, person: ImportedPerson, now: number): void {
  const before = target.connections.get(address);
  if (!before) {
    const status = person.status ?? 'active';
    const subscribedAt = person.subscribedAt ?? (status === 'active' ? now : null);
    target.connections.set(address, { status, subscribedAt, known: false, changed: false });
    return;
  }
  const status = person.status !== undefined && person.status !== 'active' ? person.status : before.status;
  const subscribedAt = person.subscribedAt ?? before.subscribedAt;
  before.changed ||= before.known && (status !== before.status || subscribedAt !== before.subscribedAt);
  before.status = status;
  before.subscribedAt = subscribedAt;
}

function remember(known: Known, target: Target, person: ImportedPerson): void {
  if (person.address !== undefined) known.byAddress.set(person.address, target);
  if (person.externalKey !== undefined) known.byKey.set(person.externalKey, target);
  if (person.email !== undefined) known.byEmail.set(person.email, target);
  if (person.phone !== undefined) known.byPhone.set(person.phone, target);
}
