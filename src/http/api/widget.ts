// The visitor API: what the chat window on a website asks of the server. Open to anyone on a permitted site, so every
// shape is small and strict; whose mailbox it is follows from the signed token alone.
import * as z from 'zod';
import { visitorFactSchema, visitorProfileSchema, type WebPayload } from '../../domain/mailbox.ts';

/** `GET /widget/:bot/config?language=`: what is needed to draw the closed chat. */
const widgetConfigSchema = z.object({
  title: z.string(),
  /** `#rrggbb` */
  color: z.string(),
  /** The language of the texts. */
  language: z.string(),
  texts: z.record(z.string(), z.string()),
});
export type WidgetConfig = z.infer<typeof widgetConfigSchema>;

/** A visitor's standing: never asked, reachable, or stopped by the visitor. */
export type Standing = 'none' | 'active' | 'stopped';

/** A person logged in on the site; `signature` is HMAC-SHA256(id, the widget's secret) in hex, made by the site. */
const widgetUserSchema = z.strictObject({
  id: z.string().min(1).max(190),
  signature: z.string().regex(/^[0-9a-fA-F]{64}$/),
  firstName: z.string().trim().min(1).max(200).optional(),
  lastName: z.string().trim().min(1).max(200).optional(),
});
export type WidgetUser = z.infer<typeof widgetUserSchema>;

/** `POST /widget/:bot/session`. Without a known visitor a new one is made. */
export const sessionBodySchema = z.strictObject({
  visitor: z.string().max(64).optional(),
  secret: z.string().max(64).optional(),
  profile: visitorProfileSchema.default({}),
  user: widgetUserSchema.optional(),
});

/** A message of ours, or what the visitor wrote or pressed. `seq` increases: a widget resumes from the last one it saw. */
export type WebMessage =
  | { seq: number; direction: 'out'; at: number; payload: WebPayload }
  | { seq: number; direction: 'in'; at: number; payload: { id: string; text: string; token?: string } };

/** `POST /widget/:bot/session`. */
export interface WidgetSession {
  visitor: string;
  secret: string;
  /** Opens the other calls and the socket until `expiresAt` (UTC milliseconds). */
  token: string;
  expiresAt: number;
  standing: Standing;
  messages: WebMessage[];
}

/** `GET /widget/:bot/messages?after=`: for browsers that reach no socket. */
export const messagesQuerySchema = z.object({ after: z.coerce.number().int().min(0).default(0) });
export interface MessagesAnswer {
  standing: Standing;
  messages: WebMessage[];
}

/** `POST /widget/:bot/events`. */
export const factsBodySchema = z.strictObject({ facts: z.array(visitorFactSchema).min(1).max(50) });
export interface FactsAnswer {
  /** Ids that need not be posted again. */
  done: string[];
  standing: Standing;
}

/** What a widget says over its socket. The first frame must be `hello`. */
export const frameSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), token: z.string().max(2000), after: z.int().min(0) }),
  z.strictObject({ type: z.literal('facts'), facts: z.array(visitorFactSchema).min(1).max(50) }),
  z.strictObject({ type: z.literal('ping') }),
]);
export type Frame = z.input<typeof frameSchema>;

/** What the server says. */
export type ServerFrame =
  | ({ type: 'messages' } & MessagesAnswer)
  | ({ type: 'done' } & FactsAnswer)
  | { type: 'pong' }
  /** `token`: the token has run out; ask for a new session. Any other code: these facts will never be taken. */
  | { type: 'refused'; code: string; ids: string[] };
