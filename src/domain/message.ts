// A message is an ordered list of elements, free of any messenger. What a person wrote is a Content: one message for
// all channels (synchronised), or one per channel. The schemas here are the single source for check, type and document.
import * as z from 'zod';
import { type Template, templateSchema } from './template.ts';

export const EVERY_CHANNEL = '*';

/** A stretch of text with one formatting. A text is a list of runs: no offsets to keep right, no markup to parse. */
const runSchema = z.strictObject({
  text: z.string().max(20_000),
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  underline: z.boolean().optional(),
  strike: z.boolean().optional(),
  code: z.boolean().optional(),
  link: z.string().max(2000).optional(),
});
export type Run = z.infer<typeof runSchema>;

/** Rich text; a plain string is accepted and becomes one run. Variables: `{{first_name|friend}}`. */
const richTextSchema = z.union([
  z
    .string()
    .max(20_000)
    .transform((text): Run[] => (text === '' ? [] : [{ text }])),
  z.array(runSchema).max(500),
]);
export type RichText = Run[];

const buttonIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/);

const buttonBase = { id: buttonIdSchema, label: z.string().trim().max(200) };

const productSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  /** Minor units: 1250 is 12.50. */
  amount: z.int().min(0).max(1_000_000_000),
  /** ISO 4217 */
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export type Product = z.infer<typeof productSchema>;

const buttonSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('link'), ...buttonBase, url: z.string().trim().max(2000) }),
  z.strictObject({
    kind: z.literal('message'),
    ...buttonBase,
    /** What the bot answers when the button is pressed. */
    reply: richTextSchema.optional(),
    /** A tag the person gets. */
    tag: z.string().trim().min(1).max(120).optional(),
    /** An attribute that is set. */
    attribute: z
      .strictObject({ key: z.string().max(64), value: z.union([z.string().max(500), z.number(), z.boolean()]) })
      .optional(),
  }),
  z.strictObject({ kind: z.literal('buy'), ...buttonBase, product: productSchema }),
  /** The person shares their phone number with one touch. */
  z.strictObject({ kind: z.literal('contact'), ...buttonBase }),
]);
export type Button = z.infer<typeof buttonSchema>;
export const BUTTON_KINDS = ['link', 'message', 'buy', 'contact'] as const;
export type ButtonKind = (typeof BUTTON_KINDS)[number];

const elementSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: richTextSchema }),
  z.strictObject({
    kind: z.literal('image'),
    /** `media:<public id>` of an uploaded picture, or an https address. */
    source: z.string().trim().max(2000),
    alt: z.string().max(500).optional(),
  }),
  z.strictObject({ kind: z.literal('buttons'), rows: z.array(z.array(buttonSchema).min(1).max(8)).max(25) }),
]);
export type Element = z.infer<typeof elementSchema>;
export const ELEMENT_KINDS = ['text', 'image', 'buttons'] as const;
export type ElementKind = (typeof ELEMENT_KINDS)[number];

export const messageSchema = z.strictObject({ elements: z.array(elementSchema).max(50) });
export type Message = z.infer<typeof messageSchema>;

/** Synchronised: `variants['*']` is the message of every channel. Otherwise one variant per channel name. */
export const contentSchema = z.strictObject({
  synchronised: z.boolean(),
  variants: z.record(z.string().max(32), messageSchema),
  /** By channel name: what is sent to people outside of that channel's messaging window. */
  templates: z.record(z.string().max(32), templateSchema).optional(),
});
export type Content = z.infer<typeof contentSchema>;

/**
 * What a single message was planned with. A test keeps what its mailing would do on this channel, as it was when the test was
 * asked for; an answer is a message and no more.
 */
export type SingleMessage = Message & {
  template?: Template | undefined;
  choices?: readonly string[] | undefined;
};

/** The message a channel gets, or null when the author wrote none for it. */
export function messageFor(content: Content, channel: string): Message | null {
  const message = content.variants[content.synchronised ? EVERY_CHANNEL : channel];
  return message && message.elements.length > 0 ? message : null;
}

export const buttonsOf = (message: Message): Button[] =>
  message.elements.flatMap((element) => (element.kind === 'buttons' ? element.rows.flat() : []));

export const plainText = (text: RichText): string => text.map((run) => run.text).join('');

/** Of these channels those the author wrote a message for. */
export const channelsWritten = (content: Content, names: readonly string[]): string[] =>
  names.filter((name) => messageFor(content, name) !== null);

/** An address that stands in the text as it is, not behind words: what is shown is the tracked one in its place. */
export const isBareAddress = (run: Run): run is Run & { link: string } =>
  run.link !== undefined && run.link === run.text;

/** The address of a button that became a link in the text, until links are rendered. */
export const buttonAddress = (id: string): string => `button:${id}`;

/** The button such an address stands for; null for any other address. */
export const buttonOfAddress = (address: string): string | null => /^button:([\w-]{1,32})$/.exec(address)?.[1] ?? null;
