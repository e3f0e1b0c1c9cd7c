// Places orders and moves them: the row, the figures and the event in one transaction. A button of one message leads
// to one order, however often it is sent off; only when that was cancelled may there be another.
import type { Bus } from '../bus.ts';
import type { EventKind } from '../domain/event.ts';
import type { Product } from '../domain/message.ts';
import { type Customer, figureChanges, moveOrder, type OrderState } from '../domain/orders.ts';
import { Problem } from '../domain/problem.ts';
import { lockDelivery } from '../store/arrivals.ts';
import { bump } from '../store/counters.ts';
import type { Database } from '../store/database.ts';
import { insertEvent } from '../store/events.ts';
import type { StoredLink } from '../store/links.ts';
import { insertOrder, lockOrder, type Order, ordersOfButton, saveOrderState } from '../store/orders.ts';
import { transact } from '../store/transact.ts';

export interface OrderDeps {
  db: Database;
  bus: Bus;
  now: () => number;
}

const CHECKOUT = 'checkout';

export interface Purchase {
  deliveryId: number;
  link: StoredLink;
  product: Product;
  customer: Customer;
}

/** The order this button led to: the one there is, or a new one. */
export async function placeOrder(deps: OrderDeps, { deliveryId, link, product, customer }: Purchase): Promise<Order> {
  const placed = await transact(deps.db, async (trx) => {
    const delivery = await lockDelivery(trx, deliveryId);
    if (!delivery) throw new Problem('order_not_found');
    const earlier = await ordersOfButton(trx, deliveryId, link.buttonId);
    if (earlier[0] && earlier[0].state !== 'cancelled') return { order: earlier[0], isNew: false };
    const order = await insertOrder(trx, {
      source: CHECKOUT,
      externalId: `${deliveryId}:${link.buttonId}:${earlier.length + 1}`,
      deliveryId,
      // A test or a reply is no part of the mailing's figures.
      campaignId: delivery.purpose === 'campaign' ? delivery.campaignId : null,
      botId: delivery.botId,
      subscriberId: delivery.subscriberId,
      buttonId: link.buttonId,
      product: product.name,
      amount: product.amount,
      currency: product.currency,
      customer,
      orderedAt: deps.now(),
    });
    await record(trx, order, null, deps.now());
    return { order, isNew: true };
  });
  if (placed.isNew) deps.bus.publish('live');
  return placed.order;
}

/** Moves an order; one that is there already stays, so a repeated notice counts once. */
export async function changeOrder(deps: OrderDeps, publicId: string, state: OrderState): Promise<Order> {
  const changed = await transact(deps.db, async (trx) => {
    const order = await lockOrder(trx, publicId);
    if (!order) throw new Problem('order_not_found');
    if (!moveOrder(order.state, state)) return { order, moved: false };
    const moved = await saveOrderState(trx, order, state, deps.now());
    await record(trx, moved, order.state, deps.now());
    return { order: moved, moved: true };
  });
  if (changed.moved) deps.bus.publish('live');
  return changed.order;
}

const EVENT_OF: Readonly<Record<OrderState, EventKind>> = {
  ordered: 'ordered',
  paid: 'paid',
  cancelled: 'refunded',
  refunded: 'refunded',
};

/** The figures and the event of a move that has been made. */
async function record(trx: Database, order: Order, from: OrderState | null, now: number): Promise<void> {
  const { campaignId, botId, buttonId } = order;
  // Only what was paid can be given back; dropping an unpaid order is no fact about the person.
  if (order.state !== 'cancelled' || from === 'paid') {
    await insertEvent(trx, {
      at: now,
      kind: EVENT_OF[order.state],
      subscriberId: order.subscriberId,
      botId,
      campaignId,
      deliveryId: order.deliveryId,
      data: { order: order.publicId, buttonId, product: order.product, amount: order.amount, currency: order.currency },
    });
  }
  if (campaignId === null || botId === null) return;
  await bump(
    trx,
    figureChanges(order, from, order.state).flatMap(({ figure, by }) => [
      { campaignId, botId, figure, by, ...(figure === 'orders' ? { at: order.orderedAt } : {}) },
      { campaignId, botId, buttonId, figure, by },
    ]),
  );
}
