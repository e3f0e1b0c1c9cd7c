// What the pages show of the engine: what a mailing waits for, its starts, its first few people, and
// how the server itself is doing. One schema checks, documents and types each answer.
import * as z from 'zod';
import { FALLBACK_REASONS } from '../../domain/fallback.ts';
import { CANARY_STATES, CANARY_THRESHOLDS } from '../../domain/canary.ts';
import { canarySchema, quietHoursSchema, repeatSchema, whenSchema } from '../../domain/mailing-settings.ts';
import { reportedSchema, timeSchema } from './common.ts';

const countSchema = z.int().min(0);

/** `waiting` of a mailing's row: why it is not sending at full speed at this moment, in words too. */
export const waitingSchema = z.object({
  code: z.string(),
  /** `until` in UTC ms, `bot` a public id, `name` the bot's, `channel` a channel's: whatever the code knows. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  text: z.string(),
  since: timeSchema,
});
export type Waiting = z.infer<typeof waitingSchema>;

/**
 * `late` of a mailing that stopped with the reason `too_late`: it was to start at `dueAt`, and more than its latest minutes
 * have passed since. `continue` sends it now, `unschedule` takes it back (or ends the series), `skip` waits for the next
 * start of a repeated one.
 */
export const lateSchema = z.object({
  dueAt: timeSchema,
  /** Who would receive it, or what remains of them where it is stopped on its way. */
  people: countSchema,
  /** The start `skip` would wait for; null: there is none. */
  nextAt: timeSchema.nullable(),
});
export type Late = z.infer<typeof lateSchema>;

/** `schedule` of `POST /mailings/:id/check`: what the chosen time means. */
export const scheduleCheckSchema = z.object({
  /** The next starts, five at most; one where it is not repeated. */
  starts: z.array(timeSchema),
  /** At each person's local time: how many zones, and when the first and the last of them begin; else null. */
  person: z
    .object({
      zones: countSchema,
      firstAt: timeSchema,
      lastAt: timeSchema,
      /** How many people's turn comes when, in order. */
      instants: z.array(z.object({ at: timeSchema, people: countSchema })),
      /** People whose hour has passed when sending starts, and people whose zone is not known. */
      passed: countSchema,
      zoneless: countSchema,
    })
    .nullable(),
});
export type ScheduleCheck = z.infer<typeof scheduleCheckSchema>;

/**
 * `windows` of `POST /mailings/:id/check` and `POST /audience/count`: by bot whose messenger has a messaging window, how its
 * people stand to it, and what happens to those outside.
 */
export const windowCheckSchema = z.object({
  channel: z.string(),
  /** A public id. */
  bot: z.string(),
  name: z.string(),
  hours: countSchema,
  /** People inside the window, and outside of it. */
  inside: countSchema,
  outside: countSchema,
  /**
   * What is sent outside: the approved `template`, the message at a price (`charged`), or nothing (`closed`): then some go
   * over another messenger (`moved`), the rest is left out (`skipped`).
   */
  rule: z.enum(['closed', 'template', 'charged']),
  moved: countSchema,
  skipped: countSchema,
  /** Where it costs something: messages charged for this month so far, and how many are free; null: not known. */
  month: z.object({ charged: countSchema, free: countSchema.nullable() }).nullable(),
});
export type WindowCheck = z.infer<typeof windowCheckSchema>;

/** `GET /mailings/:id/starts`: every start of a repeated mailing with its figures, the newest first. */
const startSchema = z.object({
  at: timeSchema,
  planned: countSchema,
  sent: countSchema,
  failed: countSchema,
  skipped: countSchema,
  cancelled: countSchema,
  unconfirmed: countSchema,
  remaining: countSchema,
});
export type Start = z.infer<typeof startSchema>;
export const startListSchema = z.object({
  items: z.array(startSchema),
  /** The starts to come, five at most. */
  next: z.array(timeSchema),
});
export type StartList = z.infer<typeof startListSchema>;

/** `POST /schedule/preview`: when it would start, without a mailing. */
export const schedulePreviewBodySchema = z.strictObject({
  when: whenSchema,
  repeat: repeatSchema.nullable().default(null),
  /** `workspace`: as the workspace says. */
  quietHours: z
    .union([z.literal('workspace'), quietHoursSchema])
    .nullable()
    .default('workspace'),
});
export const schedulePreviewSchema = z.object({
  /** The next starts, five at most; by local time the hour in the workspace's zone. */
  starts: z.array(
    z.object({
      at: timeSchema,
      /** What the clock of the schedule's zone shows then, `2026-11-22T18:00`. */
      local: z.string(),
      zone: z.string(),
      /** The end of the quiet hours it lies in, by the workspace's clock; sending waits until then. */
      quietUntil: timeSchema.nullable(),
    }),
  ),
  /** Of a set time: do the clocks skip it (it is taken as much later) or show it twice? */
  kind: z.enum(['exact', 'gap', 'overlap']),
  /** Are there starts behind those? */
  more: z.boolean(),
});
export type SchedulePreview = z.infer<typeof schedulePreviewSchema>;

const canaryFiguresSchema = z.object({
  people: countSchema,
  sent: countSchema,
  /** Refused, or given up, for another reason than a block. */
  failed: countSchema,
  /** Refused because of a block, or blocked the bot after getting the message. */
  blocked: countSchema,
  /** Of the blocked, those refused: sent + failed + refused are the people whose outcome is known. */
  refused: countSchema,
  /** Not written to after all. */
  skipped: countSchema,
  unconfirmed: countSchema,
  remaining: countSchema,
  unsubscribed: countSchema,
  delivered: reportedSchema,
  opened: reportedSchema,
  /** People who clicked anything. */
  clicked: countSchema,
});

/**
 * `canary` of a mailing's statistics: its first few people against the rest, of the latest start; null without a canary
 * start, also where everybody was among the first.
 */
export const canaryReportSchema = z.object({
  state: z.enum(CANARY_STATES),
  /** Until when the answers of the first are waited for. */
  until: timeSchema.nullable(),
  limits: canarySchema,
  /** Why the mailing was stopped: so many of those tried passed a threshold, in percent as they stood then. */
  verdict: z
    .object({
      threshold: z.enum(CANARY_THRESHOLDS),
      count: countSchema,
      tried: countSchema,
      share: z.number(),
      limit: z.number(),
    })
    .nullable(),
  first: canaryFiguresSchema,
  rest: canaryFiguresSchema,
});
export type CanaryReport = z.infer<typeof canaryReportSchema>;

/** An attempt over another connection before the one shown. */
export const triedSchema = z.object({ channel: z.string(), bot: z.string(), reason: z.enum(FALLBACK_REASONS) });

/** `GET /health`: how the server is doing. */
export const healthReportSchema = z.object({
  at: timeSchema,
  version: z.string(),
  node: z.string(),
  senders: z.array(z.object({ id: z.string(), host: z.string(), startedAt: timeSchema, seenAt: timeSchema })),
  /** Milliseconds for a question and its answer; null: none in time. */
  database: z.object({ kind: z.string(), version: z.string(), ms: z.number().nullable() }),
  redis: z.object({ ms: z.number().nullable() }).nullable(),
  /** Deliveries waiting to be sent. */
  queue: countSchema,
  queueByChannel: z.array(
    z.object({ channel: z.string(), title: z.string(), remaining: countSchema, due: countSchema }),
  ),
  sentLastMinute: countSchema,
  waits: z.array(z.object({ mailing: z.object({ id: z.string(), name: z.string() }), waiting: waitingSchema })),
  /** Work that is stuck, as a sender's watchdog found it; `about` is a mailing's or a bot's id. */
  findings: z.array(
    z.object({ kind: z.string(), about: z.string().nullable(), host: z.string(), since: timeSchema, text: z.string() }),
  ),
  /** The last error of each bot within a day, the latest first. */
  errors: z.array(z.object({ at: timeSchema, bot: z.string(), text: z.string() })),
});
export type HealthReport = z.infer<typeof healthReportSchema>;
