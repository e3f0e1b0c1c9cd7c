// Traces of work that went wrong, for the doctor: asked of what senders hold, which is little, never of whole ledgers.
import { clockSql } from './clock.ts';
import type { Database } from './database.ts';

/** A living sender renews its leases, and takes over lapsed ones, well within this. */
const GRACE_MS = 60_000;
/** A call to a messenger is over, one way or another, long before. */
const ANSWERED_MS = 600_000;

export interface Troubles {
  lapsedLeases: number;
  orphans: number;
  unconfirmed: number;
}

export async function findTroubles(db: Database, now: number): Promise<Troubles> {
  const lapsed = `lease_until >= 0 and lease_until < ${clockSql(db)} - ${GRACE_MS}`;
  const slices = await count(db('slices').where('done', 0).whereRaw(lapsed));
  const singles = await count(db('due_deliveries').whereRaw(lapsed));
  const orphans = await count(
    db('deliveries as d')
      .join('slices as l', (on) => void on.on('l.campaign_id', 'd.campaign_id').andOn('l.bot_id', 'd.bot_id'))
      .where('l.done', 0)
      .where('l.lease_until', '>=', 0)
      .where({ 'd.state': 'sending', 'd.purpose': 'campaign' })
      .whereRaw('d.id between l.first_delivery_id and l.last_delivery_id')
      .where('d.sending_at', '<', now - ANSWERED_MS),
  );
  const row = (await db('counters')
    .where({ figure: 'unconfirmed', button_id: '' })
    .first(db.raw('coalesce(sum(value), 0) as n'))) as { n: number | string };
  return { lapsedLeases: slices + singles, orphans, unconfirmed: Number(row.n) };
}

const count = async (query: { count(what: string): { first(): Promise<unknown> } }): Promise<number> =>
  Number(((await query.count('* as n').first()) as { n: number | string }).n);
