// How a mailing is to be sent, as its author sets it: over which connections, how fast, when, and what holds it back.
// One schema checks what comes in, describes the API and names the types.
import * as z from 'zod';

/** Over which of a person's connections a mailing goes. */
export const viaSchema = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('main'),
    /** Where the main connection cannot be written to: the person's others, the most recently used first. */
    fallback: z.boolean().default(true),
  }),
  z.strictObject({
    mode: z.literal('bots'),
    /** Public ids, in order of preference: also the order of fallback. */
    bots: z.array(z.string().max(24)).min(1).max(200),
    /** One copy over the first that fits, or one in each. */
    each: z.boolean().default(false),
  }),
]);
export type Via = z.infer<typeof viaSchema>;

const MAX_SPEED = 1000;

/** Wall-clock time without offset, `2026-11-22T18:00`. */
const localTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const zone = z.string().min(1).max(64);
/** Of a time that the clocks show twice. */
const overlap = z.enum(['first', 'second']).default('first');

export const whenSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('now') }),
  z.strictObject({ mode: z.literal('at'), local: localTime, zone, overlap }),
  z.strictObject({
    /** At this local time in each person's own zone. */
    mode: z.literal('person'),
    local: localTime,
    overlap,
    /** For those whose hour has passed when sending starts: at once, at the same hour a day later, or not at all. */
    passed: z.enum(['now', 'next_day', 'skip']).default('now'),
    /** For those whose zone is not known: by the workspace's zone, or not at all. */
    zoneless: z.enum(['workspace', 'skip']).default('workspace'),
  }),
]);
export type When = z.infer<typeof whenSchema>;

export const repeatSchema = z.strictObject({
  /** Five fields, minute to day of week, as crontab(5) reads them. */
  cron: z.string().min(9).max(120),
  zone,
  /** No start after this local date; null: for ever. */
  until: z.iso.date().nullable().default(null),
  /** Starts in all, the first included; null: no end. */
  times: z.int().min(2).max(1000).nullable().default(null),
});
export type Repeat = z.infer<typeof repeatSchema>;

export const quietHoursSchema = z.strictObject({
  /** Nothing goes out from this time of day … */
  from: clockTime,
  /** … until this one, the next morning where it is earlier. */
  to: clockTime,
  /** Whose clock: each person's (the workspace's for those without a zone), or the workspace's for all. */
  clock: z.enum(['person', 'workspace']).default('person'),
});
export type QuietHours = z.infer<typeof quietHoursSchema>;

export const frequencyCapSchema = z.strictObject({
  /** No more than so many mailings to one person … */
  messages: z.int().min(1).max(1000),
  /** … within so many days. */
  days: z.int().min(1).max(365),
});
export type FrequencyCap = z.infer<typeof frequencyCapSchema>;

export const canarySchema = z.strictObject({
  /** So many go first. */
  people: z.int().min(1).max(100_000),
  /** How long their answers are waited for, in minutes, before the rest follows. */
  minutes: z.int().min(0).max(1440).default(10),
  /** More than so many percent of them failed (blocks aside), blocked the bot or unsubscribed: the rest stays. */
  failed: z.number().min(0).max(100).default(5),
  blocked: z.number().min(0).max(100).default(3),
  unsubscribed: z.number().min(0).max(100).default(2),
});
export type Canary = z.infer<typeof canarySchema>;

/** Minutes after its time in which a scheduled mailing may still start by itself. */
const DEFAULT_LATEST_MINUTES = 60;

const shape = {
  via: viaSchema,
  /** Messages a second, over all bots together; null: as fast as the bots' limits allow. */
  speed: z.int().min(1).max(MAX_SPEED).nullable(),
  when: whenSchema,
  repeat: repeatSchema.nullable(),
  /** `workspace`: as the workspace says. */
  quietHours: z.union([z.literal('workspace'), quietHoursSchema]).nullable(),
  frequencyCap: z.union([z.literal('workspace'), frequencyCapSchema]).nullable(),
  /** So many minutes after its time it asks instead of starting; null: it starts however late. */
  latest: z.int().min(1).max(43_200).nullable(),
  canary: canarySchema.nullable(),
  /** People left out by hand: public ids. */
  excluded: z.array(z.string().max(24)).max(10_000),
  /** By channel: what was chosen of what it offers, such as to pay for a higher speed. */
  choices: z.record(z.string().max(32), z.array(z.string().max(32)).max(20)),
};

export const mailingSettingsSchema = z.strictObject({
  via: shape.via.default({ mode: 'main', fallback: true }),
  speed: shape.speed.default(25),
  when: shape.when.default({ mode: 'now' }),
  repeat: shape.repeat.default(null),
  quietHours: shape.quietHours.default('workspace'),
  frequencyCap: shape.frequencyCap.default('workspace'),
  latest: shape.latest.default(DEFAULT_LATEST_MINUTES),
  canary: shape.canary.default(null),
  excluded: shape.excluded.default([]),
  choices: shape.choices.default({}),
});
export type MailingSettings = z.infer<typeof mailingSettingsSchema>;

/** A change of some settings. Without the defaults, which would put back what was not mentioned. */
export const mailingSettingsPatchSchema = z.strictObject(shape).partial();

/** The workspace's rules, where a mailing leaves them to it. */
export interface WorkspaceRules {
  quietHours: QuietHours | null;
  frequencyCap: FrequencyCap | null;
}

/** The quiet hours that hold for a mailing. */
export const quietHoursOf = (own: Pick<MailingSettings, 'quietHours'>, workspace: WorkspaceRules): QuietHours | null =>
  own.quietHours === 'workspace' ? workspace.quietHours : own.quietHours;

/** The frequency cap that holds for a mailing. */
export const frequencyCapOf = (
  own: Pick<MailingSettings, 'frequencyCap'>,
  workspace: WorkspaceRules,
): FrequencyCap | null => (own.frequencyCap === 'workspace' ? workspace.frequencyCap : own.frequencyCap);
