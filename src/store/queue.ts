// How much waits to be sent, from figures that are kept anyway: asked by metrics and health pages, never while sending.
import type { Database } from './database.ts';

export interface QueueDepth {
  channel: string;
  /** Of mailings being sent: planned and without an outcome. */
  remaining: number;
  /** Tests, replies and later tries whose time has come. */
  due: number;
}

/** One row for each channel that has a bot. */
export async function queueDepth(db: Database, now: number): Promise<QueueDepth[]> {
  const settled = `'sent', 'failed', 'skipped', 'cancelled', 'unconfirmed'`;
  const remaining = (await db('counters as k')
    .join('campaigns as g', 'g.id', 'k.campaign_id')
    .join('bots as b', 'b.id', 'k.bot_id')
    .where({ 'g.state': 'sending', 'k.button_id': '' })
    .groupBy('b.channel')
    .select(
      'b.channel',
      db.raw(
        `sum(case when k.figure = 'planned' then k.value when k.figure in (${settled}) then -k.value else 0 end) as n`,
      ),
    )) as Count[];
  const due = (await db('due_deliveries as u')
    .join('bots as b', 'b.id', 'u.bot_id')
    .where('u.due_at', '<=', now)
    .groupBy('b.channel')
    .select('b.channel', db.raw('count(*) as n'))) as Count[];
  const channels = ((await db('bots').distinct('channel').orderBy('channel')) as { channel: string }[]).map(
    (row) => row.channel,
  );
  return channels.map((channel) => ({
    channel,
    remaining: Math.max(0, of(remaining, channel)),
    due: of(due, channel),
  }));
}

interface Count {
  channel: string;
  n: number | string;
}

const of = (rows: readonly Count[], channel: string): number =>
  Number(rows.find((row) => row.channel === channel)?.n ?? 0);
