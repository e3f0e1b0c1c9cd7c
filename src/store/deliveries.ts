// The ledger of who gets what, as it is read: the recipients of a mailing page by page; and the one edit a person may
// make, planning those again who failed for a passing reason or whose fate is not known.
import { type DeliveryState, PASSING_REASONS } from '../domain/delivery.ts';
import type { Knex } from 'knex';
import { bump } from './counters.ts';
import type { Database } from './database.ts';
import { reopenCampaign } from './finishing.ts';
import { decodeCursor, type Page, pageOf } from './page.ts';
import { inSlice, SLICE_COLUMNS, toSlice } from './slices.ts';
import { transact } from './transact.ts';
import { PLANNED_AFRESH, startOver, type TriedOver, triedOver } from './tried.ts';

// --- Recipients -----------------------------------------------------------------------------

/** States, and what people did, that the recipients of a mailing can be filtered by. */
const CONDITIONS: Readonly<Record<string, string>> = {
  clicked: '(d.link_clicked_at is not null or d.buy_clicked_at is not null or d.button_clicked_at is not null)',
  clicked_link: 'd.link_clicked_at is not null',
  clicked_buy: 'd.buy_clicked_at is not null',
  clicked_button: 'd.button_clicked_at is not null',
  replied: 'd.replied_at is not null',
  ordered: 'exists (select 1 from orders o where o.delivery_id = d.id)',
  bought: `exists (select 1 from orders o where o.delivery_id = d.id and o.state = 'paid')`,
};

export interface RecipientFilter {
  cursor?: string | undefined;
  limit: number;
  state?: string | undefined;
  reason?: string | undefined;
  search?: string | undefined;
}

export interface RecipientRow {
  deliveryId: number;
  subscriberPublicId: string;
  firstName: string | null;
  lastName: string | null;
  channel: string;
  bot: string;
  state: DeliveryState;
  reason: string | null;
  detail: string | null;
  attempts: number;
  /** What it was tried over before, oldest first. */
  tried: TriedOver[];
  sentAt: number | null;
  settledAt: number | null;
  deliveredAt: number | null;
  openedAt: number | null;
  clickedAt: number | null;
}

/** In the order of planning, which costs nothing to page through at a million rows. */
export async function recipientsPage(
  db: Database,
  campaignId: number,
  filter: RecipientFilter,
): Promise<Page<RecipientRow>> {
  const [after] = decodeCursor(filter.cursor, 1) ?? [0];
  const condition = filter.state === undefined ? undefined : CONDITIONS[filter.state];
  const rows = (await db('deliveries as d')
    .join('subscribers as s', 's.id', 'd.subscriber_id')
    .join('bots as b', 'b.id', 'd.bot_id')
    .where({ 'd.campaign_id': campaignId, 'd.purpose': 'campaign' })
    .where('d.id', '>', after ?? 0)
    .modify(
      (q) => void (condition ? q.whereRaw(condition) : filter.state !== undefined && q.where('d.state', filter.state)),
    )
    .modify((q) => void (filter.reason !== undefined && q.where('d.reason', filter.reason || null)))
    .modify(
      (q) =>
        void (
          filter.search &&
          q.whereRaw(`s.search_text like ? escape '!'`, [`%${escapeLike(filter.search.toLowerCase())}%`])
        ),
    )
    .orderBy('d.id')
    .limit(filter.limit + 1)
    .select(
      'd.id as deliveryId',
      's.public_id as subscriberPublicId',
      's.first_name as firstName',
      's.last_name as lastName',
      'b.channel',
      'b.name as bot',
      'd.state',
      'd.reason',
      'd.detail',
      'd.attempts',
      'd.tried',
      'd.sent_at as sentAt',
      'd.settled_at as settledAt',
      'd.delivered_at as deliveredAt',
      'd.opened_at as openedAt',
      'd.link_clicked_at',
      'd.buy_clicked_at',
      'd.button_clicked_at',
    )) as (Omit<RecipientRow, 'clickedAt' | 'tried'> & {
    tried: string | null;
    link_clicked_at: number | null;
    buy_clicked_at: number | null;
    button_clicked_at: number | null;
  })[];
  const tried = await triedOver(
    db,
    rows.map((row) => row.tried),
  );
  return pageOf(
    rows.map((row, index) => ({ ...row, tried: tried[index] ?? [] })),
    filter.limit,
    (row) => [row.deliveryId],
    ({ link_clicked_at: link, buy_clicked_at: buy, button_clicked_at: button, ...row }) => {
      const clicks = [link, buy, button].filter((at) => at !== null);
      return { ...row, clickedAt: clicks.length > 0 ? Math.min(...clicks) : null };
    },
  );
}

const escapeLike = (text: string): string => text.replace(/[!%_]/g, (sign) => `!${sign}`);

// --- Again ----------------------------------------------------------------------------------

export type Which = 'failed' | 'unconfirmed';

/**
 * Plans those again who failed for a passing reason, or the unconfirmed, and opens the mailing with the first of them.
 * Slice by slice, so that a long mailing does not hold up the rest; interrupted, it is simply asked for once more.
 */
export async function retryDeliveries(db: Database, campaignId: number, which: Which, now: number): Promise<number> {
  const slices = (await db('slices as l')
    .join('bots as b', 'b.id', 'l.bot_id')
    .where('l.campaign_id', campaignId)
    .orderBy('l.id')
    .select('b.status as bot_status', ...SLICE_COLUMNS.map((column) => `l.${column}`))) as (Parameters<
    typeof toSlice
  >[0] & { bot_status: string })[];
  const inQuestion = (q: Knex.QueryBuilder): void =>
    void q
      .where({ purpose: 'campaign', state: which })
      .modify((one) => void (which === 'failed' && one.whereIn('reason', [...PASSING_REASONS])));
  let planned = 0;
  for (const { bot_status: status, ...row } of slices) {
    const slice = toSlice(row);
    planned += await transact(db, async (trx) => {
      // Planned in this slice perhaps, but gone on to another bot: of none of its slices.
      const moved = trx('deliveries')
        .where({ campaign_id: campaignId })
        .whereBetween('id', [slice.first, slice.last])
        .modify(inQuestion);
      const { count, changes } = await startOver(trx, moved, { campaignId, figure: which, now });
      if (count > 0) await reopenCampaign(trx, campaignId, now);
      await bump(trx, changes);
      return count;
    });
    // Over a disconnected bot nothing goes any more: the mailing would wait for ever.
    if (status === 'disconnected') continue;
    planned += await transact(db, async (trx) => {
      const again = inSlice(trx, slice).whereNull('tried').modify(inQuestion);
      if (!(await again.clone().forUpdate().first('id'))) return 0;
      // A sender that holds the slice has read it already and would end it without them.
      const opened = await trx('slices').where({ id: slice.id }).whereNull('lease_owner').update({ done: 0 });
      if (opened === 0) return 0;
      await reopenCampaign(trx, campaignId, now);
      const count = await again.update(PLANNED_AFRESH);
      await bump(trx, [{ campaignId, botId: slice.botId, figure: which, by: -count }]);
      return count;
    });
  }
  return planned;
}
