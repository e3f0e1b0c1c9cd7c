// Reads the facts out of one `deliver_sm`: a receipt, or what a person wrote. `noteOf` takes from the PDU what is needed, as
// JSON; `parse` reads it. Pure.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ChannelBot, Inbound, RefusalReason } from '../../src/domain/channel.ts';
import { readKeyword, startTag } from '../lib/keywords.ts';
import { phoneOf } from './settings.ts';
import type { Pdu } from './wire.ts';

const text = z.string().max(10_000);
const noteSchema = z.object({
  /** The same when the centre brings it again. */
  id: z.string().min(1).max(100),
  from: text,
  text,
  receipt: z.boolean(),
  /** From the optional parameters, where the centre sends them. */
  receiptedId: text.nullable(),
  state: z.int().nullable(),
});
export type Note = z.infer<typeof noteSchema>;

/** `esm_class`: with any of these the message is the centre's word and no person's: a receipt, or that it is on its way. */
const REPORT_BITS = 0x3c;
/** A centre repeats what was not confirmed within seconds; a person who writes the same later means it. */
const REPEATS_MS = 60_000;

export function noteOf(pdu: Pdu, now: number): Note {
  const from = textOf(pdu.source_addr);
  const words = messageText(pdu.short_message) || messageText(pdu.message_payload);
  const receipt = (Number(pdu.esm_class) & REPORT_BITS) !== 0;
  return {
    id: createHash('sha256')
      .update(JSON.stringify([from, words, receipt ? 0 : Math.floor(now / REPEATS_MS)]))
      .digest('hex')
      .slice(0, 40),
    from,
    text: words.slice(0, 10_000),
    receipt,
    receiptedId: textOf(pdu.receipted_message_id) || null,
    state: Number.isSafeInteger(pdu.message_state) ? Number(pdu.message_state) : null,
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Bytes of an alphabet that nobody knows stay unread. */
function messageText(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('message' in value)) return textOf(value);
  return textOf(value.message);
}

export function parse(update: unknown, bot: ChannelBot, now: number): Inbound[] {
  const read = noteSchema.safeParse(update);
  if (!read.success || read.data.from === '') return [];
  return read.data.receipt ? fromReceipt(read.data, bot, now) : fromPerson(read.data, now);
}

function fromPerson(note: Note, now: number): Inbound[] {
  const address = phoneOf(note.from);
  const base = { externalId: note.id, at: now, address, profile: { phone: address } };
  const tag = startTag(note.text);
  const wish = tag === null ? readKeyword(note.text) : 'start';
  if (wish === 'stop') return [{ ...base, kind: 'unsubscribed' }];
  if (wish === 'start') return [{ ...base, kind: 'subscribed', ref: tag }];
  return [{ ...base, kind: 'replied', text: note.text }];
}

const STATES: Readonly<Record<number, string>> = {
  2: 'DELIVRD',
  3: 'EXPIRED',
  4: 'DELETED',
  5: 'UNDELIV',
  7: 'UNKNOWN',
  8: 'REJECTD',
};

const REASONS: Readonly<Record<string, RefusalReason>> = {
  UNDELIV: 'unreachable',
  EXPIRED: 'unreachable',
  DELETED: 'platform_error',
  UNKNOWN: 'platform_error',
  REJECTD: 'platform_error',
};

/** `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`, or the optional parameters. */
function fromReceipt(note: Note, bot: ChannelBot, now: number): Inbound[] {
  const field = (name: string): string => new RegExp(`\\b${name}:(\\S+)`, 'i').exec(note.text)?.[1] ?? '';
  const messageId = note.receiptedId ?? sameNumber(field('id'), bot.credentials.receiptIds ?? '');
  const state = STATES[note.state ?? 0] ?? field('stat').toUpperCase();
  if (messageId === '') return [];
  const base = { externalId: `${messageId}:${state}`, at: now, address: phoneOf(note.from), messageId };
  if (state === 'DELIVRD') return [{ ...base, kind: 'delivered', upTo: false }];
  const reason = REASONS[state];
  return reason ? [{ ...base, kind: 'undelivered', reason, detail: `${state} ${field('err')}`.trim() }] : [];
}

/** Some centres write the id in their answers in one system of numbers and in receipts in the other. */
function sameNumber(id: string, written: string): string {
  if (written === 'decimal' && /^\d+$/.test(id)) return BigInt(id).toString(16);
  if (written === 'hex' && /^[0-9a-f]+$/i.test(id)) return BigInt(`0x${id}`).toString(10);
  return id;
}
