// Takes the work of dead senders back. What one had only leased goes on; what it had stamped may have arrived, so it is
// planned again only where the platform drops repeats, and is called unconfirmed everywhere else. Lives and leases are
// measured by the database's clock. To be wrong about a death costs no double: stamping is conditional, and a late
// answer still resolves what was called unconfirmed.
import type { Knex } from 'knex';
import type { Repeats } from '../domain/call-keys.ts';
import { mayPass } from './away.ts';
import { clockSql } from './clock.ts';
import { bump } from './counters.ts';
import { type Database, isMysql } from './database.ts';
import { releaseDue, removeDue } from './due.ts';
import { ALIVE_MS } from './senders.ts';
import { inSlice, type Slice, SLICE_COLUMNS, toSlice } from './slices.ts';
import { transact } from './transact.ts';

export interface Recovery {
  /**
   * `lapsed`: the leases that ran out, and those of senders that fell silent. `everyone`: every lease, where no other
   * process can be alive.
   */
  of: 'lapsed' | 'everyone';
  /** What this sender itself works on: a stall of its own must not make it take that from itself. */
  held: { slices: readonly number[]; singles: readonly number[] };
  now: number;
  botIds: readonly number[];
  /** What a repeat over this bot does. */
  repeats(botId: number): Repeats;
  /** Told what of it could not be taken back for a reason of its own; the rest is, and the next look tries again. */
  failed?(error: unknown): void;
}

export interface Recovered {
  planned: number;
  unconfirmed: number;
}

export async function recover(db: Database, recovery: Recovery): Promise<Recovered> {
  const slices = (await db('slices')
    .whereIn('bot_id', [...recovery.botIds])
    .where({ done: 0 })
    .whereNotIn('id', [...recovery.held.slices])
    .modify(isDead(db, recovery))
    .select(...SLICE_COLUMNS)) as Parameters<typeof toSlice>[0][];
  const singles = (await db('due_deliveries')
    .whereIn('bot_id', [...recovery.botIds])
    .whereNotIn('delivery_id', [...recovery.held.singles])
    .modify(isDead(db, recovery))
    .select('delivery_id', 'bot_id')) as { delivery_id: number; bot_id: number }[];
  const total = { planned: 0, unconfirmed: 0 };
  for (const row of slices) await add(total, recoverSlice(db, toSlice(row), recovery), recovery);
  for (const row of singles)
    await add(total, recoverSingle(db, { id: row.delivery_id, botId: row.bot_id }, recovery), recovery);
  return total;
}

async function add(total: Recovered, recovering: Promise<Recovered>, { failed }: Recovery): Promise<void> {
  try {
    const { planned, unconfirmed } = await recovering;
    total.planned += planned;
    total.unconfirmed += unconfirmed;
  } catch (error) {
    if (mayPass(error) || !failed) throw error;
    failed(error);
  }
}

/**
 * An owner nobody has heard of for 15 s is dead before its leases run out; one that never gave a sign of life is not.
 * The leases are few and lead an index, `>= 0` finds them by it.
 */
const isDead =
  (db: Database, { of }: Recovery) =>
  (query: Knex.QueryBuilder): void => {
    const now = clockSql(db);
    void query.where('lease_until', '>=', 0);
    if (of === 'everyone') return;
    void query.where(
      (q) =>
        void q
          .whereRaw(`lease_until < ${now}`)
          .orWhereRaw(
            `exists (select 1 from senders where senders.id = lease_owner and seen_at < ${now} - ${ALIVE_MS})`,
          ),
    );
  };

async function recoverSlice(db: Database, slice: Slice, recovery: Recovery): Promise<Recovered> {
  try {
    return await transact(db, async (trx) =>
      (await free(trx, slice, recovery))
        ? takeBack(trx, onWire(trx, slice), slice, recovery)
        : { planned: 0, unconfirmed: 0 },
    );
  } catch (error) {
    if (mayPass(error) || !recovery.failed) throw error;
    return recoverOneByOne(db, slice, recovery);
  }
}

/** Where one of them is refused by the database: it stays as it is, and all others go on. */
async function recoverOneByOne(db: Database, slice: Slice, recovery: Recovery): Promise<Recovered> {
  const total = { planned: 0, unconfirmed: 0 };
  const rows = (await onWire(db, slice).select('id', 'sending_at')) as { id: number; sending_at: number }[];
  for (const row of rows) {
    // Whoever recovers the slice beside us may have it leased and stamped anew already: that is another stamp.
    const one = (trx: Database) => takeBack(trx, onWire(trx, slice).where(row), slice, recovery);
    await add(total, transact(db, one), recovery);
  }
  await free(db, slice, recovery);
  return total;
}

const free = async (db: Database, { id }: Slice, recovery: Recovery): Promise<boolean> =>
  (await db('slices')
    .where({ id, done: 0 })
    .modify(isDead(db, recovery))
    .update({ lease_owner: null, lease_until: null })) > 0;

const onWire = (db: Database, slice: Slice): Knex.QueryBuilder =>
  inSlice(db, slice)
    .where({ state: 'sending', purpose: 'campaign' })
    .whereNotExists((q) => void q.from('due_deliveries as u').whereRaw('u.delivery_id = deliveries.id'));

async function takeBack(
  trx: Database,
  stamped: Knex.QueryBuilder,
  { campaignId, botId }: Slice,
  { repeats, now }: Recovery,
): Promise<Recovered> {
  const planned = await planAgain(stamped, repeats(botId));
  const unconfirmed = await stamped.update({ state: 'unconfirmed', settled_at: now });
  await bump(trx, [{ campaignId, botId, figure: 'unconfirmed', by: unconfirmed }]);
  return { planned, unconfirmed };
}

/** Of stamped rows those that may be repeated; answers how many. All members of a call lie in one slice: they come back together. */
async function planAgain(stamped: Knex.QueryBuilder, repeats: Repeats): Promise<number> {
  if (repeats === 'double') return 0;
  const again = stamped.clone().modify((q) => void (repeats === 'are_dropped_by_call' && q.whereNotNull('call_key')));
  return again.update({ state: 'planned' });
}

/** What went out without a key, before its channel had one, cannot be repeated. */
const mayRepeat = (repeats: Repeats, callKey: string | null): boolean =>
  repeats === 'are_dropped' || (repeats === 'are_dropped_by_call' && callKey !== null);

interface SingleRow {
  state: string;
  purpose: string;
  campaign_id: number;
  call_key: string | null;
}

async function recoverSingle(
  db: Database,
  single: { id: number; botId: number },
  recovery: Recovery,
): Promise<Recovered> {
  return transact(db, async (trx) => {
    const due = await trx('due_deliveries')
      .where({ delivery_id: single.id })
      .modify(isDead(trx, recovery))
      .modify((q) => void (isMysql(trx) && q.forUpdate()))
      .first('delivery_id');
    if (!due) return { planned: 0, unconfirmed: 0 };
    const row = (await trx('deliveries')
      .where({ id: single.id })
      .forUpdate()
      .first('state', 'purpose', 'campaign_id', 'call_key')) as SingleRow | undefined;
    const repeats = recovery.repeats(single.botId);
    const again = row?.state === 'planned' || (row?.state === 'sending' && mayRepeat(repeats, row.call_key));
    if (again) {
      await trx('deliveries').where({ id: single.id }).update({ state: 'planned' });
      await releaseDue(trx, [single.id]);
      return { planned: row.state === 'planned' ? 0 : 1, unconfirmed: 0 };
    }
    await removeDue(trx, [single.id]);
    if (row?.state !== 'sending') return { planned: 0, unconfirmed: 0 };
    await trx('deliveries').where({ id: single.id }).update({ state: 'unconfirmed', settled_at: recovery.now });
    if (row.purpose === 'campaign')
      await bump(trx, [{ campaignId: row.campaign_id, botId: single.botId, figure: 'unconfirmed', by: 1 }]);
    return { planned: 0, unconfirmed: 1 };
  });
}
