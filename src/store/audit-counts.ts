// The truth behind the counters: the same figures, counted from deliveries, events and orders. Every question walks in
// slices of ids; the caller decides which transaction they see.
import { CLICK_FIGURES } from '../domain/audit.ts';
import { FIGURE_OF } from '../domain/delivery.ts';
import { orderFigures, type OrderState } from '../domain/orders.ts';
import type { DeliveryState } from '../domain/delivery.ts';
import type { Counter } from './counters.ts';
import { type Database, isMysql } from './database.ts';
import { jsonText } from './json.ts';
import { deliveryRange } from './statistics.ts';
import { walkUp } from './walk.ts';

/** Adds up counts of one campaign by their key. */
export interface Tally {
  add(count: Omit<Counter, 'campaignId'>): void;
}

const MARK_FIGURES = {
  delivered_at: 'delivered',
  opened_at: 'opened',
  link_clicked_at: 'link_people',
  buy_clicked_at: 'buy_people',
  button_clicked_at: 'button_people',
  replied_at: 'replies',
  unsubscribed_at: 'unsubscribes',
} as const;
type MarkColumn = keyof typeof MARK_FIGURES;
const MARK_COLUMNS = Object.keys(MARK_FIGURES) as MarkColumn[];

type StateRow = { bot_id: number; state: DeliveryState; people: number | string } & Record<MarkColumn, number | string>;

/** States and marks of the deliveries themselves. */
export async function countDeliveries(db: Database, campaignId: number, tally: Tally): Promise<void> {
  const range = await deliveryRange(db, campaignId);
  if (!range) return;
  await walkUp(db, range, async (from, to) => {
    const rows = (await db('deliveries')
      .where({ campaign_id: campaignId, purpose: 'campaign' })
      .where('id', '>', from)
      .where('id', '<=', to)
      .groupBy('bot_id', 'state')
      .select(
        'bot_id',
        'state',
        db.raw('count(*) as people'),
        ...MARK_COLUMNS.map((mark) => db.raw(`count(${mark}) as ${mark}`)),
      )) as StateRow[];
    for (const row of rows) {
      const base = { botId: row.bot_id, buttonId: '' };
      tally.add({ ...base, figure: 'planned', value: Number(row.people) });
      const figure = FIGURE_OF[row.state];
      if (figure) tally.add({ ...base, figure, value: Number(row.people) });
      for (const mark of MARK_COLUMNS) tally.add({ ...base, figure: MARK_FIGURES[mark], value: Number(row[mark]) });
    }
  });
}

/** Clicks: all of them, and by button also each person once. */
export async function countClicks(db: Database, campaignId: number, tally: Tally): Promise<void> {
  for (const [kind, { clicks, people }] of Object.entries(CLICK_FIGURES)) {
    const button = jsonText(db, 'e.data', 'buttonId');
    const scanner = jsonText(db, 'e.data', 'scanner');
    const rows = (await db('events as e')
      .join('deliveries as d', 'd.id', 'e.delivery_id')
      .where({ 'e.campaign_id': campaignId, 'e.kind': kind, 'd.purpose': 'campaign' })
      .groupByRaw(`d.bot_id, ${button}, case when ${scanner} is null then 0 else 1 end`)
      .select(
        'd.bot_id',
        db.raw(`${button} as button_id`),
        db.raw(`case when ${scanner} is null then 0 else 1 end as scanner`),
        db.raw('count(*) as clicks'),
        db.raw('count(distinct e.delivery_id) as people'),
      )) as { bot_id: number; button_id: string; scanner: number; clicks: number | string; people: number | string }[];
    for (const row of rows) {
      const whole = { botId: row.bot_id, buttonId: '' };
      const single = { botId: row.bot_id, buttonId: row.button_id };
      if (Number(row.scanner) === 1) {
        tally.add({ ...whole, figure: 'scanner_clicks', value: Number(row.clicks) });
        continue;
      }
      tally.add({ ...whole, figure: clicks, value: Number(row.clicks) });
      tally.add({ ...single, figure: clicks, value: Number(row.clicks) });
      tally.add({ ...single, figure: people, value: Number(row.people) });
    }
  }
}

/** Clicks whose events were deleted when they grew old: added up then, and never deleted. */
export async function countRolledUpClicks(db: Database, campaignId: number, tally: Tally): Promise<void> {
  const rows = (await db('click_rollups').where({ campaign_id: campaignId })) as {
    bot_id: number;
    kind: string;
    button_id: string;
    scanner: number | boolean;
    clicks: number | string;
    people: number | string;
  }[];
  for (const row of rows) {
    const figures = CLICK_FIGURES[row.kind as keyof typeof CLICK_FIGURES];
    const whole = { botId: row.bot_id, buttonId: '' };
    const single = { botId: row.bot_id, buttonId: row.button_id };
    if (row.scanner) {
      tally.add({ ...whole, figure: 'scanner_clicks', value: Number(row.clicks) });
      continue;
    }
    tally.add({ ...whole, figure: figures.clicks, value: Number(row.clicks) });
    tally.add({ ...single, figure: figures.clicks, value: Number(row.clicks) });
    tally.add({ ...single, figure: figures.people, value: Number(row.people) });
  }
}

export async function countOrders(db: Database, campaignId: number, tally: Tally): Promise<void> {
  const rows = (await db('orders')
    .where({ campaign_id: campaignId })
    .whereNotNull('bot_id')
    .groupBy('bot_id', 'button_id', 'state', 'currency')
    .select(
      'bot_id',
      'button_id',
      'state',
      'currency',
      db.raw('count(*) as orders'),
      db.raw('sum(amount) as amount'),
    )) as {
    bot_id: number;
    button_id: string;
    state: OrderState;
    currency: string;
    orders: number | string;
    amount: number | string;
  }[];
  for (const row of rows) {
    // Every order counts alike, so a group of them counts as one times their number; money is summed already.
    for (const [figure, value] of orderFigures(row.state, Number(row.amount), row.currency)) {
      const counted = figure === 'orders' || figure === 'sales' ? value * Number(row.orders) : value;
      tally.add({ botId: row.bot_id, buttonId: '', figure, value: counted });
      tally.add({ botId: row.bot_id, buttonId: row.button_id, figure, value: counted });
    }
  }
}

/** Every campaign, or the one named. */
export async function auditedCampaigns(db: Database, campaignId?: number): Promise<number[]> {
  if (campaignId !== undefined) return [campaignId];
  const rows: { id: number }[] = await db('campaigns').orderBy('id').select('id');
  return rows.map(({ id }) => id);
}

/** Public ids by id. */
export async function publicNames(
  db: Database,
  table: 'campaigns' | 'bots',
  ids: readonly number[],
): Promise<Map<number, string>> {
  const rows: { id: number; public_id: string }[] = await db(table)
    .whereIn('id', [...new Set(ids)])
    .select('id', 'public_id');
  return new Map(rows.map((row) => [row.id, row.public_id]));
}

/** Runs in one transaction that sees the database as it stood at one instant. */
export async function atOneInstant<T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> {
  return isMysql(db) ? db.transaction(work, { isolationLevel: 'repeatable read' }) : db.transaction(work);
}
