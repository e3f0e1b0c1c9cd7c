// People: the table, the card with its timeline, tags, attributes, the CSV import; and the audience questions.
import * as z from 'zod';
import { FIELD_TYPES, filterSchema } from '../../domain/audience.ts';
import { viaSchema } from '../../domain/mailing-settings.ts';
import { ATTRIBUTE_TYPES, CONNECTION_STATUSES } from '../../domain/subscriber.ts';
import { pageOf, pageQuerySchema, publicIdSchema, timeSchema } from './common.ts';
import { windowCheckSchema } from './engine.ts';

const attributeValueSchema = z.union([
  z.string().max(2000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(500)).max(100),
  z.null(),
]);

const connectionSchema = z.object({
  id: z.int(),
  bot: z.object({ id: publicIdSchema, name: z.string(), channel: z.string() }),
  address: z.string(),
  status: z.enum(CONNECTION_STATUSES),
  reason: z.string().nullable(),
  since: timeSchema,
  subscribedAt: timeSchema.nullable(),
  lastInboundAt: timeSchema.nullable(),
  ref: z.string().nullable(),
  main: z.boolean(),
});
export type ConnectionInfo = z.infer<typeof connectionSchema>;

/** A row of the table: the person with the main connection. */
const subscriberRowSchema = z.object({
  id: publicIdSchema,
  name: z.string(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  channel: z.string().nullable(),
  bot: z.string().nullable(),
  status: z.enum(CONNECTION_STATUSES).nullable(),
  locale: z.string().nullable(),
  tags: z.array(z.string()),
  subscribedAt: timeSchema.nullable(),
  lastSeenAt: timeSchema.nullable(),
});
export type SubscriberRow = z.infer<typeof subscriberRowSchema>;
export const subscriberPageSchema = pageOf(subscriberRowSchema);

/** `POST /subscribers/search` (the filter is a body, so it may be long). Newest first. */
export const subscriberSearchSchema = z.strictObject({
  ...pageQuerySchema.shape,
  search: z.string().max(200).optional(),
  filter: filterSchema.optional(),
});
export type SubscriberSearch = z.input<typeof subscriberSearchSchema>;

/** `GET /subscribers/:id` */
export const subscriberSchema = z.object({
  id: publicIdSchema,
  externalKey: z.string().nullable(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  name: z.string(),
  locale: z.string().nullable(),
  timeZone: z.string().nullable(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  attributes: z.record(z.string(), attributeValueSchema),
  tags: z.array(z.string()),
  connections: z.array(connectionSchema),
  createdAt: timeSchema,
  lastSeenAt: timeSchema.nullable(),
});
export type SubscriberDetails = z.infer<typeof subscriberSchema>;

export const subscriberPatchSchema = z.strictObject({
  firstName: z.string().trim().max(200).nullable().optional(),
  lastName: z.string().trim().max(200).nullable().optional(),
  locale: z.string().trim().max(35).nullable().optional(),
  timeZone: z.string().trim().max(64).nullable().optional(),
  phone: z.string().trim().max(32).nullable().optional(),
  email: z.email().max(254).nullable().optional(),
  attributes: z.record(z.string().max(64), attributeValueSchema).optional(),
  tags: z.array(z.string().trim().min(1).max(120)).max(200).optional(),
  mainConnectionId: z.int().optional(),
});
export type SubscriberPatch = z.infer<typeof subscriberPatchSchema>;

/** `GET /subscribers/:id/timeline`: messages (deliveries) and events in one list, newest first. */
const timelineEntrySchema = z.object({
  at: timeSchema,
  kind: z.enum(['delivery', 'event']),
  /** A delivery's state, or an event's kind. */
  what: z.string(),
  reason: z.string().nullable(),
  mailing: z.object({ id: publicIdSchema, name: z.string() }).nullable(),
  bot: z.string().nullable(),
  text: z.string().nullable(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
export const timelinePageSchema = pageOf(timelineEntrySchema);

export const tagListSchema = z.object({ items: z.array(z.object({ name: z.string(), people: z.int() })) });
export type TagList = z.infer<typeof tagListSchema>;

/** `GET/POST /attributes` */
export const attributeSchema = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
  name: z.string().trim().min(1).max(120),
  type: z.enum(ATTRIBUTE_TYPES),
  choices: z.array(z.string().trim().min(1).max(120)).max(200).default([]),
});
export type Attribute = z.infer<typeof attributeSchema>;
export const attributeListSchema = z.object({ items: z.array(attributeSchema) });

// --- Audience -------------------------------------------------------------------------------

/** `GET /audience/fields`: what the filter panel offers. Labels are translated. */
export const fieldListSchema = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      type: z.enum(FIELD_TYPES),
      group: z.enum(['profile', 'connection', 'tags', 'campaigns']),
      operators: z.array(z.string()),
      values: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
    }),
  ),
});
export type FieldList = z.infer<typeof fieldListSchema>;

/** `POST /audience/count`. `channels`: those the message has a variant for; left out: all. */
export const audienceQuerySchema = z.strictObject({
  filter: filterSchema,
  via: viaSchema.default({ mode: 'main', fallback: true }),
  channels: z.array(z.string().max(32)).optional(),
  excluded: z.array(z.string().max(24)).max(10_000).default([]),
  /** Channels for which the message has an approved template, for people outside of the messaging window. */
  templates: z.array(z.string().max(32)).max(50).default([]),
});
export type AudienceQuery = z.input<typeof audienceQuerySchema>;
export const audienceCountSchema = z.object({
  /** People who would receive it now. */
  total: z.int(),
  /** Of whom over each channel. */
  byChannel: z.record(z.string(), z.int()),
  byBot: z.record(publicIdSchema, z.int()),
  /** All active people, whatever the filter says. */
  active: z.int(),
  /** Why not more: people the filter matches who are left out, by reason. */
  leftOut: z.object({ noVariant: z.int(), excluded: z.int() }),
  /** Which channels `noVariant` counts. */
  noVariantByChannel: z.record(z.string(), z.int()),
  /** How people stand to messaging windows now; those who are left out by one are not in the total. */
  windows: z.array(windowCheckSchema),
});
export type AudienceCount = z.infer<typeof audienceCountSchema>;
/** `POST /audience/people`: a page of the actual people (`subscriberPageSchema`). */
export const audiencePeopleSchema = z.strictObject({ ...audienceQuerySchema.shape, ...pageQuerySchema.shape });
export type AudiencePeople = z.input<typeof audiencePeopleSchema>;

// --- Import ---------------------------------------------------------------------------------

/** `POST /imports` (multipart, field `file`) stores the file and answers this; nothing is read into the tables yet. */
export const importSchema = z.object({
  id: publicIdSchema,
  name: z.string(),
  state: z.enum(['uploaded', 'checking', 'checked', 'running', 'done', 'stopped', 'failed']),
  /** Header cells and the first rows. */
  columns: z.array(z.string()),
  sample: z.array(z.array(z.string())),
  /** Guessed from the header: column → field, or `attribute.<key>`. */
  mapping: z.record(z.string(), z.string()),
  delimiter: z.string(),
  totalRows: z.int(),
  readRows: z.int(),
  added: z.int(),
  updated: z.int(),
  bad: z.int(),
  reason: z.string().nullable(),
  createdAt: timeSchema,
  finishedAt: timeSchema.nullable(),
});
export type Import = z.infer<typeof importSchema>;

/** `POST /imports/:id/check` (dry run) and `POST /imports/:id/run`; `POST /imports/:id/stop`. */
export const importOptionsSchema = z.strictObject({
  mapping: z.record(z.string(), z.string()),
  /** The bot that `address` belongs to; needed when a column is mapped to it. */
  bot: publicIdSchema.nullable().default(null),
  /** Tags every imported person gets. */
  tags: z.array(z.string().trim().min(1).max(120)).max(20).default([]),
  /** "These people agreed to receive messages": required. */
  consent: z.boolean(),
});
export type ImportOptions = z.input<typeof importOptionsSchema>;

/** `GET /imports/:id/errors` (page) and `GET /imports/:id/errors.csv`. Row 1 is the header. */
const importErrorSchema = z.object({
  row: z.int(),
  field: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  value: z.string().nullable(),
});
export type ImportError = z.infer<typeof importErrorSchema>;
export const importErrorPageSchema = pageOf(importErrorSchema);
