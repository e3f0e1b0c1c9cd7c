// First run, sign-in, the workspace's settings, API tokens, the audit log.
import * as z from 'zod';
import { frequencyCapSchema, quietHoursSchema } from '../../domain/mailing-settings.ts';
import { pageOf, publicIdSchema, timeSchema } from './common.ts';
import { copySchema } from './instance.ts';

export const ROLES = ['owner', 'admin', 'marketer', 'editor', 'operator', 'analyst'] as const;
export const LANGUAGES = ['en', 'uk', 'ru', 'es', 'vi'] as const;
const languageSchema = z.enum(LANGUAGES);
const emailSchema = z.email().max(254);
const retentionSchema = z.int().min(30).max(3650);
const passwordSchema = z.string().min(12).max(200);

/** `GET /setup`: does this server still need its owner? */
export const setupStateSchema = z.object({ needed: z.boolean() });
export type SetupState = z.infer<typeof setupStateSchema>;

/** `POST /setup` with the token of the one-time link. Signs in. */
export const setupBodySchema = z.strictObject({
  token: z.string().min(1).max(200),
  name: z.string().trim().min(1).max(200),
  email: emailSchema,
  password: passwordSchema,
  workspace: z.string().trim().min(1).max(120),
  timeZone: z.string().max(64),
  language: languageSchema.default('en'),
});
export type SetupBody = z.input<typeof setupBodySchema>;

export const signInBodySchema = z.strictObject({ email: z.string().max(254), password: z.string().max(200) });
export type SignInBody = z.infer<typeof signInBodySchema>;

const staffSchema = z.object({
  id: publicIdSchema,
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  language: languageSchema.nullable(),
});
export type Staff = z.infer<typeof staffSchema>;

export const workspaceSchema = z.object({
  name: z.string(),
  timeZone: z.string(),
  /** Address the messengers and the people's links use; null until one is set. */
  publicUrl: z.string().nullable(),
  /** Seconds between "Send" and the first message, in which it can be undone. */
  holdSeconds: z.int().min(0).max(60),
  /** From this many people the number must be typed to confirm. */
  confirmFrom: z.int().min(1),
  quietHours: quietHoursSchema.nullable(),
  frequencyCap: frequencyCapSchema.nullable(),
  /** Events and website messages older than so many days are deleted; figures stay. Null: nothing is. */
  retentionDays: retentionSchema.nullable(),
});
export type Workspace = z.infer<typeof workspaceSchema>;

/** `GET /session`, `POST /session`; 401 when not signed in. */
export const sessionSchema = z.object({
  staff: staffSchema,
  workspace: workspaceSchema,
  version: z.string(),
  /** This may be a restored copy, which sends nothing: more at `GET /instance`. */
  copy: copySchema,
});
export type Session = z.infer<typeof sessionSchema>;

export const workspacePatchSchema = z.strictObject({
  name: z.string().trim().min(1).max(120).optional(),
  timeZone: z.string().max(64).optional(),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .nullable()
    .optional(),
  holdSeconds: z.int().min(0).max(60).optional(),
  confirmFrom: z.int().min(1).max(10_000_000).optional(),
  quietHours: quietHoursSchema.nullable().optional(),
  frequencyCap: frequencyCapSchema.nullable().optional(),
  retentionDays: retentionSchema.nullable().optional(),
});
export type WorkspacePatch = z.infer<typeof workspacePatchSchema>;

/** `PATCH /session`: one's own language. */
export const sessionPatchSchema = z.strictObject({ language: languageSchema });

export const SCOPES = ['read', 'write', 'send'] as const;
export const tokenSchema = z.object({
  id: publicIdSchema,
  name: z.string(),
  hint: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  createdAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
});
export type ApiToken = z.infer<typeof tokenSchema>;
export const tokenBodySchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  scopes: z.array(z.enum(SCOPES)).min(1).default(['read', 'write', 'send']),
});
export type TokenBody = z.input<typeof tokenBodySchema>;
/** `POST /tokens`: the only answer that ever holds the token. */
export const newTokenSchema = tokenSchema.extend({ token: z.string() });
export type NewApiToken = z.infer<typeof newTokenSchema>;

const auditEntrySchema = z.object({
  id: z.int(),
  at: timeSchema,
  /** A person's name, or a token's. */
  who: z.string().nullable(),
  action: z.string(),
  target: z.string().nullable(),
  data: z.record(z.string(), z.unknown()).nullable(),
});
export const auditPageSchema = pageOf(auditEntrySchema);
export type AuditEntry = z.infer<typeof auditEntrySchema>;
