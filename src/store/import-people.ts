// Writes one batch of imported people: whoever is known by an address, a key, an e-mail address or a phone number is
// updated, the others are made. A fixed number of statements serves the whole batch.
import type { Database } from './database.ts';
import { insertEvents } from './events.ts';
import { type BatchOptions, type BatchResult, type BatchRow, resolveBatch, type Target } from './import-targets.ts';
import { searchTextFor } from './subscribers.ts';
import { addTagRows, ensureTags, normaliseTags } from './tags.ts';

/** Counts what the batch would do; writes nothing. */
export async function checkBatch(db: Database, rows: readonly BatchRow[], options: BatchOptions): Promise<BatchResult> {
  return (await resolveBatch(db, rows, options)).result;
}

/** Writes the batch; call it inside a transaction. */
export async function writeBatch(db: Database, rows: readonly BatchRow[], options: BatchOptions): Promise<BatchResult> {
  const { targets, result } = await resolveBatch(db, rows, options);
  await insertPeople(db, targets, options.now);
  await updatePeople(db, targets);
  await writeConnections(db, targets, options);
  await writeTags(db, targets, options);
  await insertEvents(
    db,
    targets.map((target) => ({
      at: options.now,
      kind: 'imported' as const,
      subscriberId: target.id,
      botId: null,
      data: { import: options.importId },
    })),
  );
  return result;
}

async function insertPeople(db: Database, targets: readonly Target[], now: number): Promise<void> {
  const fresh = targets.filter((target) => target.id === null);
  if (fresh.length === 0) return;
  await db('subscribers').insert(
    fresh.map((target) => ({
      public_id: target.publicId,
      ...target.columns,
      attributes: JSON.stringify(target.attributes),
      search_text: searchTextFor(target.columns),
      created_at: now,
    })),
  );
  const rows: { id: number; public_id: string }[] = await db('subscribers')
    .whereIn(
      'public_id',
      fresh.map((target) => target.publicId),
    )
    .select('id', 'public_id');
  const ids = new Map(rows.map((row) => [row.public_id, row.id]));
  for (const target of fresh) {
    target.id = ids.get(target.publicId)!;
    target.touched = false;
  }
}

async function updatePeople(db: Database, targets: readonly Target[]): Promise<void> {
  for (const target of targets.filter((one) => one.touched)) {
    await db('subscribers')
      .where({ id: target.id })
      .update({
        ...target.columns,
        attributes: JSON.stringify(target.attributes),
        search_text: searchTextFor(target.columns),
      });
  }
}

async function writeConnections(db: Database, targets: readonly Target[], { botId, now }: BatchOptions): Promise<void> {
  if (botId === null) return;
  const all = targets.flatMap((target) =>
    [...target.connections].map(([address, connection]) => ({ target, address, connection })),
  );
  for (const { address, connection } of all.filter((one) => one.connection.changed)) {
    await db('connections')
      .where({ bot_id: botId, external_id: address })
      .update({ status: connection.status, reason: 'imported', since: now, subscribed_at: connection.subscribedAt });
  }
  const fresh = all.filter((one) => !one.connection.known);
  if (fresh.length === 0) return;
  await db('connections').insert(
    fresh.map(({ target, address, connection }) => ({
      subscriber_id: target.id,
      bot_id: botId,
      external_id: address,
      status: connection.status,
      reason: 'imported',
      since: now,
      subscribed_at: connection.subscribedAt,
    })),
  );
  const withoutMain = fresh.filter(({ target }) => target.mainConnectionId === null).map(({ target }) => target.id!);
  await db('subscribers')
    .whereIn('id', withoutMain)
    .whereNull('main_connection_id')
    .update({
      main_connection_id: db.raw('(select min(c.id) from connections c where c.subscriber_id = subscribers.id)'),
    });
}

async function writeTags(db: Database, targets: readonly Target[], { tags, now }: BatchOptions): Promise<void> {
  const namesOf = (target: Target): string[] => normaliseTags([...target.tags, ...tags]);
  const ids = await ensureTags(db, [...new Set(targets.flatMap(namesOf))], now);
  const pairs = targets.flatMap((target) => namesOf(target).map((name) => [ids.get(name)!, target.id!] as const));
  for (let start = 0; start < pairs.length; start += 5000) await addTagRows(db, pairs.slice(start, start + 5000));
}
