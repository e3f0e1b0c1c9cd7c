// What became of a mailing: its figures, the report on them, and the recipients they count.
import * as z from 'zod';
import { DELIVERY_STATES } from '../../domain/delivery.ts';
import { pageOf, pageQuerySchema, publicIdSchema, reportedSchema, timeSchema } from './common.ts';
import { canaryReportSchema, triedSchema } from './engine.ts';

/** Money earned, minor units by currency. */
const moneySchema = z.record(z.string(), z.int());

/** At every instant planned = sent + failed + skipped + cancelled + unconfirmed + remaining. */
export const figuresSchema = z.object({
  planned: z.int(),
  sent: z.int(),
  failed: z.int(),
  skipped: z.int(),
  cancelled: z.int(),
  unconfirmed: z.int(),
  remaining: z.int(),
  delivered: reportedSchema,
  opened: reportedSchema,
  linkPeople: z.int(),
  linkClicks: z.int(),
  buyPeople: z.int(),
  buyClicks: z.int(),
  buttonPeople: z.int(),
  buttonClicks: z.int(),
  scannerClicks: z.int(),
  replies: z.int(),
  unsubscribes: z.int(),
  orders: z.int(),
  sales: z.int(),
  revenue: moneySchema,
});
export type Figures = z.infer<typeof figuresSchema>;

/** `GET /mailings/:id/statistics` */
export const statisticsSchema = z.object({
  figures: figuresSchema,
  byChannel: z.array(z.object({ channel: z.string(), figures: figuresSchema })),
  byButton: z.array(
    z.object({
      buttonId: z.string(),
      kind: z.enum(['link', 'message', 'buy', 'inline']),
      label: z.string(),
      channel: z.string(),
      people: z.int(),
      clicks: z.int(),
      orders: z.int(),
      sales: z.int(),
    }),
  ),
  failures: z.array(z.object({ reason: z.string(), explanation: z.string(), people: z.int(), retryable: z.boolean() })),
  skips: z.array(z.object({ reason: z.string(), explanation: z.string(), people: z.int() })),
  /** Points of `sent`, `clicks`, `orders` over time; the step grows with the length of the mailing. */
  series: z.object({
    stepMs: z.int(),
    points: z.array(z.object({ at: timeSchema, sent: z.int(), failed: z.int(), clicks: z.int(), orders: z.int() })),
  }),
  /** Which of the channels involved report delivered and opened, for the note under the figures. */
  reporting: z.array(z.object({ channel: z.string(), delivered: z.boolean(), opened: z.boolean() })),
  /** Its first few people against the rest. */
  canary: canaryReportSchema.nullable(),
});
export type Statistics = z.infer<typeof statisticsSchema>;

/** `GET /mailings/:id/recipients` and `…/recipients.csv` */
export const recipientQuerySchema = z.object({
  ...pageQuerySchema.shape,
  /** A delivery state, or `clicked`, `ordered`, `bought`, `replied`. */
  state: z
    .enum([
      ...DELIVERY_STATES,
      'clicked',
      'clicked_link',
      'clicked_buy',
      'clicked_button',
      'ordered',
      'bought',
      'replied',
    ])
    .optional(),
  reason: z.string().max(32).optional(),
  search: z.string().max(200).optional(),
});
export type RecipientQuery = z.input<typeof recipientQuerySchema>;
const recipientSchema = z.object({
  subscriber: z.object({ id: publicIdSchema, name: z.string() }),
  channel: z.string(),
  bot: z.string(),
  state: z.enum(DELIVERY_STATES),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  /** Tries over the messenger named. */
  attempts: z.int(),
  /** Over which other connections it was tried before, oldest first. */
  tried: z.array(triedSchema),
  sentAt: timeSchema.nullable(),
  settledAt: timeSchema.nullable(),
  deliveredAt: timeSchema.nullable(),
  openedAt: timeSchema.nullable(),
  clickedAt: timeSchema.nullable(),
});
export type Recipient = z.infer<typeof recipientSchema>;
export const recipientPageSchema = pageOf(recipientSchema);
