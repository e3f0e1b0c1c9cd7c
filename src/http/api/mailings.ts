// Mailings: the table, the wizard's draft, sending, test sends, previews, and what is told of them as it happens.
import * as z from 'zod';
import { filterSchema } from '../../domain/audience.ts';
import { CAMPAIGN_STATES } from '../../domain/campaign.ts';
import { mailingSettingsPatchSchema, mailingSettingsSchema } from '../../domain/mailing-settings.ts';
import { DELIVERY_STATES } from '../../domain/delivery.ts';
import { contentSchema, messageSchema } from '../../domain/message.ts';
import { lateSchema, scheduleCheckSchema, waitingSchema, windowCheckSchema } from './engine.ts';
import { figuresSchema } from './statistics.ts';
import { pageOf, pageQuerySchema, publicIdSchema, timeSchema } from './common.ts';

const mailingRowSchema = z.object({
  id: publicIdSchema,
  name: z.string(),
  state: z.enum(CAMPAIGN_STATES),
  reason: z.string().nullable(),
  /** Is planning over, so that `planned` is final? */
  planningDone: z.boolean(),
  /** Why it sends nothing at this moment; null while it sends, or has no need to. */
  waiting: waitingSchema.nullable(),
  dueAt: timeSchema.nullable(),
  zone: z.string().nullable(),
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  /** Forecast, UTC ms. */
  expectedEndAt: timeSchema.nullable(),
  /** Is it repeated, how often was it started, and when is the next start (while it waits, `dueAt`)? */
  repeats: z.boolean(),
  starts: z.int(),
  nextStartAt: timeSchema.nullable(),
  channels: z.array(z.string()),
  figures: figuresSchema,
  author: z.string().nullable(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
  deletedAt: timeSchema.nullable(),
});
export type MailingRow = z.infer<typeof mailingRowSchema>;
export const mailingPageSchema = pageOf(mailingRowSchema);

const MAILING_TABS = ['all', 'draft', 'scheduled', 'sending', 'sent', 'stopped', 'trash'] as const;
export const mailingQuerySchema = z.object({
  ...pageQuerySchema.shape,
  tab: z.enum(MAILING_TABS).default('all'),
  search: z.string().max(200).optional(),
});

export const mailingSchema = mailingRowSchema.extend({
  /** Every save carries the version it edited; a stale one is refused with `version_conflict`. */
  version: z.int(),
  content: contentSchema,
  audience: filterSchema,
  settings: mailingSettingsSchema,
  /** It stopped because it was too late, and asks. */
  late: lateSchema.nullable(),
});
export type Mailing = z.infer<typeof mailingSchema>;

export const mailingBodySchema = z.strictObject({
  name: z.string().trim().min(1).max(120).default('New mailing'),
  content: contentSchema.optional(),
  audience: filterSchema.optional(),
  settings: mailingSettingsPatchSchema.optional(),
});
export type MailingBody = z.input<typeof mailingBodySchema>;

/** `PATCH /mailings/:id`. While sending only `settings.speed` may change. */
export const mailingPatchSchema = z.strictObject({
  version: z.int(),
  name: z.string().trim().max(120).optional(),
  content: contentSchema.optional(),
  audience: filterSchema.optional(),
  settings: mailingSettingsPatchSchema.optional(),
});
export type MailingPatch = z.input<typeof mailingPatchSchema>;

/** `POST /mailings/:id/check`: everything the confirmation names, and what still blocks sending. */
export const mailingCheckSchema = z.object({
  /** People who will receive it: those of the audience without the skipped. */
  total: z.int(),
  /** Of the audience, left out by a rule of sending. */
  skipped: z.object({ hour_passed: z.int(), zone_unknown: z.int(), frequency_cap: z.int(), window_closed: z.int() }),
  byChannel: z.record(z.string(), z.int()),
  /** At this speed, in seconds. */
  durationSeconds: z.int(),
  startsAt: timeSchema,
  endsAt: timeSchema,
  schedule: scheduleCheckSchema,
  /** Empty where no messenger involved has a messaging window. */
  windows: z.array(windowCheckSchema),
  /** `level: error` blocks. Sentences are translated; `step` is where it is mended. */
  findings: z.array(
    z.object({
      level: z.enum(['ok', 'warning', 'error']),
      code: z.string(),
      message: z.string(),
      step: z.enum(['message', 'audience', 'sending']),
      path: z.string().optional(),
    }),
  ),
});
export type MailingCheck = z.infer<typeof mailingCheckSchema>;

/** `POST /mailings/:id/send`: schedules at `settings.when` (now means now + hold seconds). */
export const sendBodySchema = z.strictObject({
  version: z.int(),
  /** The number the person confirmed; sending is refused with `audience_moved` when it moved by more than 5 %. */
  expected: z.int().min(0).optional(),
});
export type SendBody = z.infer<typeof sendBodySchema>;
// POST /mailings/:id/unschedule | stop | continue | copy | restore, DELETE /mailings/:id: no body, answer `mailingSchema`.

/** `POST /mailings/:id/retry`: plans those again who failed for a passing reason, or the unconfirmed. */
export const retryBodySchema = z.strictObject({ which: z.enum(['failed', 'unconfirmed']) });
export type RetryBody = z.infer<typeof retryBodySchema>;
export const retryAnswerSchema = z.object({ planned: z.int() });

/** `POST /mailings/:id/test`: sends the draft to these people, marked as a test, left out of statistics. */
export const testBodySchema = z.strictObject({ subscribers: z.array(publicIdSchema).min(1).max(20) });
export type TestBody = z.infer<typeof testBodySchema>;
export const testAnswerSchema = z.object({
  results: z.array(
    z.object({
      subscriber: publicIdSchema,
      channel: z.string().nullable(),
      /** Outside of a messaging window a template goes, or the message at a price; null: nothing went out. */
      form: z.enum(['message', 'template', 'charged']).nullable(),
      state: z.enum(DELIVERY_STATES),
      reason: z.string().nullable(),
      detail: z.string().nullable(),
    }),
  ),
});
export type TestAnswer = z.infer<typeof testAnswerSchema>;

/** `POST /preview`: a message as each channel would show it for one person, and what it loses there. */
export const previewBodySchema = z.strictObject({
  content: contentSchema,
  channels: z.array(z.string().max(32)).max(32),
  subscriber: publicIdSchema.nullable().default(null),
});
export type PreviewBody = z.input<typeof previewBodySchema>;
export const previewSchema = z.object({
  items: z.array(
    z.object({
      channel: z.string(),
      /** Personalised and fitted; null without a variant. */
      message: messageSchema.nullable(),
      /** Adaptations and losses, in words. */
      losses: z.array(z.object({ code: z.string(), message: z.string() })),
      /** What the channel would refuse, in words, with the path of the element. */
      errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
      /** Variables that took their fallback. */
      fallbacks: z.array(z.string()),
      /** The line above it, where there is one. */
      subject: z.string().nullable(),
      /** How many messages the network counts, where that is said. */
      parts: z.int().nullable(),
      /** False where pictures come before their words, as messages of their own. */
      captioned: z.boolean(),
    }),
  ),
  person: z.object({ id: publicIdSchema, name: z.string() }).nullable(),
});
export type Preview = z.infer<typeof previewSchema>;

// --- Live -----------------------------------------------------------------------------------

/** `GET /live` (server-sent events): what changed since the last look, at most once a second. */
const liveSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mailing'), mailing: mailingRowSchema }),
  z.object({ kind: z.literal('bot'), id: publicIdSchema }),
  z.object({
    kind: z.literal('import'),
    import: z.object({ id: publicIdSchema, state: z.string(), readRows: z.int(), totalRows: z.int() }),
  }),
]);
export type Live = z.infer<typeof liveSchema>;
