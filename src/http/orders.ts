// Orders: the list, and the one change a person makes by hand — paid, cancelled, refunded.
import { Problem } from '../domain/problem.ts';
import { changeOrder } from '../orders/orders.ts';
import { listOrders, orderInfo } from '../store/orders.ts';
import { orderPageSchema, orderPatchSchema, orderQuerySchema, orderSchema } from './api/orders.ts';
import type { HttpDeps } from './deps.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';

export const orderRoutes = (deps: HttpDeps): Route[] => [
  guarded({
    method: 'get',
    path: '/orders',
    tag: 'Orders',
    summary: 'Orders, newest first.',
    needs: 'read',
    query: orderQuerySchema,
    answer: orderPageSchema,
    handle: ({ query }) => listOrders(deps.db, query),
  }),
  guarded({
    method: 'patch',
    path: '/orders/:id',
    tag: 'Orders',
    summary: 'Paid makes an order a sale; cancelled and refunded take it back.',
    needs: 'write',
    body: orderPatchSchema,
    answer: orderSchema,
    async handle({ params, body, actor }) {
      const id = params.id ?? '';
      await changeOrder(deps, id, body.state);
      await record(deps.db, deps.now(), actor, { action: `order.${body.state}`, target: id });
      const order = await orderInfo(deps.db, id);
      if (!order) throw new Problem('order_not_found');
      return order;
    },
  }),
];
