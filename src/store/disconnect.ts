// What becomes of a bot's people and of what waits to go over it when the bot is disconnected, and of its people when it
// comes back. All of it may be done again: whatever was interrupted is finished by the next run.
import type { Database } from './database.ts';
import { type Skip, skipDeliveries } from './skipping.ts';
import { walkUp } from './walk.ts';

const DISCONNECTED = 'disconnected';

/** Who could be written to can be no more; who unsubscribed or blocked the bot stays so. */
export const closeConnections = (db: Database, botId: number, now: number): Promise<void> =>
  changeConnections(db, botId, { status: 'active' }, { status: 'unreachable', reason: DISCONNECTED, since: now });

/** Gives back what `closeConnections` took, and nothing else. */
export const reopenConnections = (db: Database, botId: number, now: number): Promise<void> =>
  changeConnections(
    db,
    botId,
    { status: 'unreachable', reason: DISCONNECTED },
    { status: 'active', reason: null, since: now },
  );

async function changeConnections(
  db: Database,
  botId: number,
  from: Record<string, string>,
  to: Record<string, string | number | null>,
): Promise<void> {
  const [last] = (await db('connections').max({ id: 'id' })) as { id: number | null }[];
  await walkUp(db, { from: 0, to: last?.id ?? 0 }, async (after, upTo) => {
    await db('connections')
      .where(from)
      // Without an index on purpose: the walk is over ids.
      .whereRaw('id > ? and id <= ? and bot_id + 0 = ?', [after, upTo, botId])
      .update(to);
  });
}

const AT_ONCE = 500;

const unreachable = (id: number): Skip => ({ id, reason: 'unreachable' });

/**
 * Ends what is still planned over the bot, so that no mailing waits for it for ever; whoever can be reached over
 * another goes there. What a sender has stamped meanwhile is left to it.
 */
export async function skipWhatIsPlanned(db: Database, botId: number, now: number): Promise<void> {
  const due: { delivery_id: number }[] = await db('due_deliveries').where({ bot_id: botId }).select('delivery_id');
  for (let from = 0; from < due.length; from += AT_ONCE) {
    const ids = due.slice(from, from + AT_ONCE).map((row) => row.delivery_id);
    await skipDeliveries(db, ids.map(unreachable), now);
  }
  const slices: { id: number; campaign_id: number; first_delivery_id: number; last_delivery_id: number }[] = await db(
    'slices',
  )
    .where({ bot_id: botId, done: 0 })
    .select('id', 'campaign_id', 'first_delivery_id', 'last_delivery_id');
  for (const slice of slices) {
    const rows: { id: number }[] = await db('deliveries')
      .where({ campaign_id: slice.campaign_id, bot_id: botId, state: 'planned' })
      .whereBetween('id', [slice.first_delivery_id, slice.last_delivery_id])
      .select('id');
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const ids = rows.slice(from, from + AT_ONCE).map((row) => row.id);
      await skipDeliveries(db, ids.map(unreachable), now);
    }
    await db('slices').where({ id: slice.id }).update({ done: 1 });
  }
}
