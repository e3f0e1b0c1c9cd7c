// Whether this server is the one that sends, or may be a restored copy of it.
import * as z from 'zod';
import { DOUBTS } from '../../domain/instance.ts';
import { timeSchema } from './common.ts';

/**
 * `GET /instance`, and `POST /instance/confirm` (owner or admin, no body): while `confirmed` is false nothing is sent,
 * no bot is polled and no platform is told anything. Confirming is refused with `instance_in_use` while another machine
 * sends from this very database.
 */
export const instanceSchema = z.object({
  confirmed: z.boolean(),
  /** Why it asks; null once confirmed. */
  doubt: z.enum(DOUBTS).nullable(),
  /** The same as a sentence that names the remedy, in the reader's language. */
  text: z.string().nullable(),
  /** When, and on which machine, this database was last named as the one that sends. */
  since: timeSchema,
  host: z.string(),
  /** When a message last went out over any of its bots. */
  lastSentAt: timeSchema.nullable(),
  /** Mailings that go on as soon as it is confirmed: being sent, or due. Whom another copy wrote to meanwhile gets them twice. */
  mailings: z.int(),
  /** Processes that send from this very database now: then this is no copy, but a machine without the right INSTANCE_ID. */
  sendingElsewhere: z.array(z.object({ host: z.string(), seenAt: timeSchema })),
});
export type InstanceAnswer = z.infer<typeof instanceSchema>;

/** `copy` of the session: null on the server that sends. */
export const copySchema = z.object({ since: timeSchema, host: z.string(), text: z.string() }).nullable();
