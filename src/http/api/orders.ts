// Orders: what a Buy button leads to. Amounts are minor units: 1250 is 12.50.
import * as z from 'zod';
import { ORDER_STATES } from '../../domain/orders.ts';
import { pageOf, pageQuerySchema, publicIdSchema, timeSchema } from './common.ts';

export const orderSchema = z.object({
  id: publicIdSchema,
  mailing: z.object({ id: publicIdSchema, name: z.string() }).nullable(),
  subscriber: z.object({ id: publicIdSchema, name: z.string() }).nullable(),
  product: z.string(),
  amount: z.int(),
  currency: z.string(),
  state: z.enum(ORDER_STATES),
  customer: z.object({ name: z.string().optional(), contact: z.string().optional(), note: z.string().optional() }),
  orderedAt: timeSchema,
  paidAt: timeSchema.nullable(),
});
export type Order = z.infer<typeof orderSchema>;
export const orderPageSchema = pageOf(orderSchema);
export const orderQuerySchema = z.object({
  ...pageQuerySchema.shape,
  mailing: publicIdSchema.optional(),
  state: z.enum(ORDER_STATES).optional(),
});
/** `PATCH /orders/:id`: paid makes it a sale; cancelled and refunded take it back. */
export const orderPatchSchema = z.strictObject({ state: z.enum(['paid', 'cancelled', 'refunded']) });
