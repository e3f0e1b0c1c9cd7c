// People of whom it is known beforehand that several addresses are theirs: one subscriber, and a connection for each
// address that may be written to only once the person says so there.
import type { ConnectionStatus } from '../domain/subscriber.ts';
import { type Database, newPublicId } from './database.ts';

export interface Acquaintance {
  /** At least one; the first becomes the main connection. */
  addresses: readonly { botId: number; address: string }[];
}

const PENDING: ConnectionStatus = 'pending';

/** Leaves out everybody of whom an address is known already: whose it is has been settled. Call it in a transaction. */
export async function insertAcquaintances(db: Database, people: readonly Acquaintance[], now: number): Promise<void> {
  const taken = await takenAddresses(db, people);
  const fresh = people
    .filter(({ addresses }) => !addresses.some(({ botId, address }) => taken.has(`${botId} ${address}`)))
    .map((person) => ({ ...person, publicId: newPublicId() }));
  if (fresh.length === 0) return;
  const publicIds = fresh.map(({ publicId }) => publicId);
  await db('subscribers').insert(
    publicIds.map((publicId) => ({ public_id: publicId, attributes: '{}', search_text: '', created_at: now })),
  );
  const rows: { id: number; public_id: string }[] = await db('subscribers')
    .whereIn('public_id', publicIds)
    .select('id', 'public_id');
  const ids = new Map(rows.map((row) => [row.public_id, row.id]));
  await db('connections').insert(
    fresh.flatMap(({ publicId, addresses }) =>
      addresses.map(({ botId, address }) => ({
        subscriber_id: ids.get(publicId),
        bot_id: botId,
        external_id: address,
        status: PENDING,
        since: now,
      })),
    ),
  );
  await db('subscribers')
    .whereIn('public_id', publicIds)
    .update({
      main_connection_id: db.raw('(select min(c.id) from connections c where c.subscriber_id = subscribers.id)'),
    });
}

async function takenAddresses(db: Database, people: readonly Acquaintance[]): Promise<ReadonlySet<string>> {
  const all = people.flatMap(({ addresses }) => addresses);
  const taken = new Set<string>();
  for (const botId of new Set(all.map((one) => one.botId))) {
    const rows: { external_id: string }[] = await db('connections')
      .where({ bot_id: botId })
      .whereIn(
        'external_id',
        all.filter((one) => one.botId === botId).map(({ address }) => address),
      )
      .select('external_id');
    for (const row of rows) taken.add(`${botId} ${row.external_id}`);
  }
  return taken;
}
