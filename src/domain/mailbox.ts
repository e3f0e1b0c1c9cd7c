// The website chat seen from inside: a mailbox per visitor, which the channel writes and the widget reads, and the
// facts a visitor's widget reports. A repeated key changes nothing, on the way out and on the way in.
import * as z from 'zod';
import type { Payload } from './channel.ts';
import type { ButtonKind, RichText } from './message.ts';

// --- What the visitor gets --------------------------------------------------------------------

export interface WebButton {
  id: string;
  kind: ButtonKind;
  label: string;
  /** Where a link or buy button leads. */
  url?: string;
  /** What a message button reports when it is pressed. */
  token?: string;
}

export type WebElement =
  | { kind: 'text'; text: RichText }
  /** `media` is an uploaded picture's public id; the widget fetches it from the server it talks to. */
  | { kind: 'image'; url: string | null; media: string | null; alt: string }
  | { kind: 'buttons'; rows: WebButton[][] };

export interface WebPayload {
  elements: WebElement[];
}

export interface MailboxEntry {
  botId: number;
  visitorId: string;
  /** The envelope's key: a repeated send finds it and appends nothing. */
  key: string;
  payload: Payload;
}

export interface Mailbox {
  /** Message ids in the order of the entries; the id of the earlier one for a repeated key. */
  append(entries: readonly MailboxEntry[]): Promise<number[]>;
}

// --- What the visitor's widget reports ----------------------------------------------------------

/** Random and made by the widget: the key that makes a repeated report a no-op. */
const id = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);

const numbers = z.array(z.int().positive()).min(1).max(100);

export const visitorFactSchema = z.discriminatedUnion('kind', [
  z.strictObject({ id, kind: z.literal('subscribed'), ref: z.string().trim().max(190).nullable().default(null) }),
  z.strictObject({ id, kind: z.literal('unsubscribed') }),
  z.strictObject({ id, kind: z.literal('replied'), text: z.string().trim().min(1).max(4000) }),
  z.strictObject({
    id,
    kind: z.literal('pressed'),
    token: z.string().max(64),
    /** As it was shown: the visitor's side of the thread. */
    label: z.string().trim().max(200).default(''),
  }),
  /** Receipts name the messages that arrived or were seen. */
  z.strictObject({ id, kind: z.literal('delivered'), messages: numbers }),
  z.strictObject({ id, kind: z.literal('opened'), messages: numbers }),
]);
export type VisitorFact = z.infer<typeof visitorFactSchema>;

export const visitorProfileSchema = z.strictObject({
  firstName: z.string().trim().min(1).max(200).optional(),
  lastName: z.string().trim().min(1).max(200).optional(),
  locale: z.string().trim().min(2).max(35).optional(),
  timeZone: z.string().trim().min(1).max(64).optional(),
});

/** One fact as the visitor API hands it to the channel, once it knows whose it is. */
export const visitorUpdateSchema = z.strictObject({
  visitor: z.string().min(1).max(64),
  /** UTC milliseconds, by the server's clock. */
  at: z.int(),
  profile: visitorProfileSchema.default({}),
  fact: visitorFactSchema,
});
export type VisitorUpdate = z.input<typeof visitorUpdateSchema>;
