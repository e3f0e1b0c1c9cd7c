// The connections that a delivery was tried over before the one it has now: told to people, and forgotten when they
// have it tried again from the start.
import type { Knex } from 'knex';
import { type FallbackReason, readTried } from '../domain/fallback.ts';
import type { CounterChange } from './counters.ts';
import type { Database } from './database.ts';
import { PRIORITY, scheduleDue } from './due.ts';

/** What becomes of a delivery that a person has sent again: it is a new message, whatever became of the old one. */
export const PLANNED_AFRESH = {
  state: 'planned',
  reason: null,
  detail: null,
  attempts: 0,
  settled_at: null,
  call_key: null,
} as const;

export interface TriedOver {
  channel: string;
  /** The bot's name. */
  bot: string;
  reason: FallbackReason;
}

/** In words; `tried` are the columns of some rows, the answers are in their order. */
export async function triedOver(db: Database, tried: readonly (string | null)[]): Promise<TriedOver[][]> {
  const read = tried.map(readTried);
  const ids = [...new Set(read.flat().map(({ connectionId }) => connectionId))];
  if (ids.length === 0) return read.map(() => []);
  const rows: { id: number; channel: string; bot: string }[] = await db('connections as c')
    .join('bots as b', 'b.id', 'c.bot_id')
    .whereIn('c.id', ids)
    .select('c.id', 'b.channel', 'b.name as bot');
  const known = new Map(rows.map(({ id, channel, bot }) => [id, { channel, bot }]));
  return read.map((list) =>
    list.map(({ connectionId, reason }) => ({ ...(known.get(connectionId) ?? { channel: '', bot: '' }), reason })),
  );
}

interface MovedRow {
  id: number;
  bot_id: number;
  connection_id: number;
  tried: string;
}

/**
 * Plans deliveries that went on to another connection once more, from the first one on: nothing counts as tried. They
 * are of no slice of the bot they had come to, so they fall due singly. Where the first bot is disconnected they stay
 * with the one they have. `again` finds those in question; answers how many, and what to count.
 */
export async function startOver(
  trx: Database,
  again: Knex.QueryBuilder,
  { campaignId, figure, now }: { campaignId: number; figure: 'failed' | 'unconfirmed'; now: number },
): Promise<{ count: number; changes: CounterChange[] }> {
  const rows = (await again
    .whereNotNull('tried')
    .forUpdate()
    .select('id', 'bot_id', 'connection_id', 'tried')) as MovedRow[];
  const first = await openConnections(
    trx,
    rows.flatMap(({ tried }) => readTried(tried)[0]?.connectionId ?? []),
  );
  const changes: CounterChange[] = [];
  for (const row of rows) {
    const origin = first.get(readTried(row.tried)[0]?.connectionId ?? 0);
    const botId = origin?.bot_id ?? row.bot_id;
    await trx('deliveries')
      .where({ id: row.id })
      .update({
        ...PLANNED_AFRESH,
        connection_id: origin?.id ?? row.connection_id,
        bot_id: botId,
        tried: origin ? null : row.tried,
      });
    changes.push({ campaignId, botId: row.bot_id, figure, by: -1 });
    changes.push({ campaignId, botId: row.bot_id, figure: 'planned', by: -1 });
    changes.push({ campaignId, botId, figure: 'planned', by: 1 });
    await scheduleDue(trx, [{ deliveryId: row.id, botId, campaignId, priority: PRIORITY.retry, dueAt: now }]);
  }
  return { count: rows.length, changes };
}

async function openConnections(db: Database, ids: number[]): Promise<Map<number, { id: number; bot_id: number }>> {
  const rows: { id: number; bot_id: number }[] = await db('connections as c')
    .join('bots as b', 'b.id', 'c.bot_id')
    .whereIn('c.id', ids)
    .whereNot('b.status', 'disconnected')
    .select('c.id', 'c.bot_id');
  return new Map(rows.map((row) => [row.id, row]));
}
