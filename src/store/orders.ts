// Orders as rows. One source tells one order once, by the unique key (source, external id).
import type { Customer, OrderState } from '../domain/orders.ts';
import { fullName } from '../domain/text.ts';
import type { Database } from './database.ts';
import { newPublicId, readJson } from './database.ts';
import { decodeCursor, type Page, pageOf, type PageQuery } from './page.ts';

export interface Order {
  id: number;
  publicId: string;
  source: string;
  externalId: string;
  deliveryId: number | null;
  campaignId: number | null;
  botId: number | null;
  subscriberId: number | null;
  buttonId: string;
  product: string;
  /** Minor units. */
  amount: number;
  currency: string;
  state: OrderState;
  customer: Customer;
  orderedAt: number;
  paidAt: number | null;
  closedAt: number | null;
}

interface OrderRow {
  id: number;
  public_id: string;
  source: string;
  external_id: string;
  delivery_id: number | null;
  campaign_id: number | null;
  bot_id: number | null;
  subscriber_id: number | null;
  button_id: string;
  product: string;
  amount: number;
  currency: string;
  state: OrderState;
  customer: unknown;
  ordered_at: number;
  paid_at: number | null;
  closed_at: number | null;
}

const toOrder = (row: OrderRow): Order => ({
  id: row.id,
  publicId: row.public_id,
  source: row.source,
  externalId: row.external_id,
  deliveryId: row.delivery_id,
  campaignId: row.campaign_id,
  botId: row.bot_id,
  subscriberId: row.subscriber_id,
  buttonId: row.button_id,
  product: row.product,
  amount: Number(row.amount),
  currency: row.currency,
  state: row.state,
  customer: readJson<Customer>(row.customer),
  orderedAt: row.ordered_at,
  paidAt: row.paid_at,
  closedAt: row.closed_at,
});

export type NewOrder = Omit<Order, 'id' | 'publicId' | 'state' | 'paidAt' | 'closedAt'>;

export async function insertOrder(db: Database, order: NewOrder): Promise<Order> {
  const row: Omit<OrderRow, 'id'> = {
    public_id: newPublicId(),
    source: order.source,
    external_id: order.externalId,
    delivery_id: order.deliveryId,
    campaign_id: order.campaignId,
    bot_id: order.botId,
    subscriber_id: order.subscriberId,
    button_id: order.buttonId,
    product: order.product,
    amount: order.amount,
    currency: order.currency,
    state: 'ordered',
    customer: JSON.stringify(order.customer),
    ordered_at: order.orderedAt,
    paid_at: null,
    closed_at: null,
  };
  const [id] = (await db('orders').insert(row)) as [number];
  return toOrder({ ...row, id });
}

/** The orders a button of one message led to, newest first. */
export async function ordersOfButton(db: Database, deliveryId: number, buttonId: string): Promise<Order[]> {
  const { subscriber_id: subscriberId } = (await db('deliveries').where({ id: deliveryId }).first('subscriber_id')) as {
    subscriber_id: number;
  };
  // By the person first: that is the index, and one person has few orders.
  const rows = await db<OrderRow>('orders')
    .where({ subscriber_id: subscriberId, delivery_id: deliveryId, button_id: buttonId })
    .orderBy('id', 'desc');
  return rows.map(toOrder);
}

/** Locked until the transaction ends. */
export async function lockOrder(db: Database, publicId: string): Promise<Order | null> {
  const row = await db<OrderRow>('orders').where({ public_id: publicId }).forUpdate().first();
  return row ? toOrder(row) : null;
}

export async function saveOrderState(db: Database, order: Order, state: OrderState, now: number): Promise<Order> {
  const times = state === 'paid' ? { paid_at: now } : { closed_at: now };
  await db('orders')
    .where({ id: order.id })
    .update({ state, ...times });
  return { ...order, state, ...(state === 'paid' ? { paidAt: now } : { closedAt: now }) };
}

// --- The list -------------------------------------------------------------------------------

export interface OrderInfo {
  id: string;
  mailing: { id: string; name: string } | null;
  subscriber: { id: string; name: string } | null;
  product: string;
  amount: number;
  currency: string;
  state: OrderState;
  customer: Customer;
  orderedAt: number;
  paidAt: number | null;
}

export interface OrderQuery extends PageQuery {
  /** Public id. */
  mailing?: string | undefined;
  state?: OrderState | undefined;
}

interface OrderListRow extends OrderRow {
  campaign_public_id: string | null;
  campaign_name: string | null;
  subscriber_public_id: string | null;
  first_name: string | null;
  last_name: string | null;
}

const toInfo = (row: OrderListRow): OrderInfo => {
  const { publicId, product, amount, currency, state, customer, orderedAt, paidAt } = toOrder(row);
  return {
    id: publicId,
    mailing: row.campaign_public_id === null ? null : { id: row.campaign_public_id, name: row.campaign_name ?? '' },
    subscriber:
      row.subscriber_public_id === null
        ? null
        : { id: row.subscriber_public_id, name: fullName(row.first_name, row.last_name) },
    product,
    amount,
    currency,
    state,
    customer,
    orderedAt,
    paidAt,
  };
};

const listed = (db: Database) =>
  db('orders as o')
    .leftJoin('campaigns as g', 'g.id', 'o.campaign_id')
    .leftJoin('subscribers as s', 's.id', 'o.subscriber_id')
    .select(
      'o.*',
      'g.public_id as campaign_public_id',
      'g.name as campaign_name',
      's.public_id as subscriber_public_id',
      's.first_name',
      's.last_name',
    );

/** Newest first. */
export async function listOrders(db: Database, query: OrderQuery): Promise<Page<OrderInfo>> {
  const after = decodeCursor(query.cursor, 1);
  const rows = (await listed(db)
    .modify((q) => void (query.mailing && q.where('g.public_id', query.mailing)))
    .modify((q) => void (query.state && q.where('o.state', query.state)))
    .modify((q) => void (after && q.where('o.id', '<', after[0]!)))
    .orderBy('o.id', 'desc')
    .limit(query.limit + 1)) as OrderListRow[];
  return pageOf(rows, query.limit, ({ id }) => [id], toInfo);
}

export async function orderInfo(db: Database, publicId: string): Promise<OrderInfo | null> {
  const row = (await listed(db).where('o.public_id', publicId).first()) as OrderListRow | undefined;
  return row ? toInfo(row) : null;
}
