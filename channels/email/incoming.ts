// A raw message that came in, as the few things that facts are read from. Whatever it says of itself is a claim: what may be
// believed is decided in `parse.ts`.
import { createHash } from 'node:crypto';
import PostalMime, { type Address, type Email } from 'postal-mime';
import * as z from 'zod';
import { fieldsOf, groupsOf } from './report.ts';

/** Longer texts are cut: a reply is read by people. */
const TEXT_MAX = 20_000;

const text = z.string().max(TEXT_MAX);
export const incomingSchema = z.object({
  /** The same for the same message. */
  id: z.string().min(1).max(100),
  /** To whom it was sent, by the envelope where there was one. */
  recipients: z.array(text).max(100),
  /** Who says to have written it. */
  from: z.object({ address: text, name: text }),
  subject: text,
  text,
  /** An out-of-office note or the like: no word of a person's. */
  automatic: z.boolean(),
  /** Per receiver, from a delivery status notification (RFC 3464). */
  reports: z.array(z.object({ recipient: text, action: text, status: text, detail: text })).max(100),
  /** From a complaint (RFC 5965): its kind. */
  feedback: text.nullable(),
  /** What a report says of the message it is about. */
  original: z.object({ messageId: text, addresses: z.array(text).max(20) }).nullable(),
});
export type Incoming = z.infer<typeof incomingSchema>;

/** Rejects what is no message at all. */
export async function readMessage(raw: Buffer, envelope: readonly string[]): Promise<Incoming> {
  const mail = await PostalMime.parse(raw, { attachmentEncoding: 'utf8', forceRfc822Attachments: true });
  const part = (type: string): string => {
    const found = mail.attachments.find(({ mimeType }) => mimeType === type);
    return typeof found?.content === 'string' ? found.content : '';
  };
  const feedback = part('message/feedback-report');
  const original = part('text/rfc822-headers') || part('message/rfc822');
  return {
    id: createHash('sha256').update(raw).digest('hex').slice(0, 40),
    recipients: envelope.length > 0 ? [...envelope] : recipientsOf(mail),
    from: { address: cut(mail.from?.address ?? ''), name: cut(mail.from?.name ?? '') },
    subject: cut(mail.subject ?? ''),
    text: cut(withoutQuote(mail.text ?? '')),
    automatic: isAutomatic(mail),
    reports: groupsOf(part('message/delivery-status'))
      .flatMap((fields) => reportOf(fields) ?? [])
      .slice(0, 100),
    feedback: feedback === '' ? null : cut(fieldsOf(feedback)['feedback-type'] ?? ''),
    original: original === '' ? null : originalOf(original),
  };
}

const cut = (value: string): string => value.slice(0, TEXT_MAX);

const headerOf = (mail: Email, name: string): string => mail.headers.find(({ key }) => key === name)?.value ?? '';

function recipientsOf(mail: Email): string[] {
  const lists: Address[] = mail.to ?? [];
  const named = ['delivered-to', 'x-original-to', 'x-envelope-to'].map((name) => headerOf(mail, name).trim());
  return [...new Set([...named, ...lists.map(({ address }) => address ?? '')])]
    .filter((one) => one !== '')
    .slice(0, 100);
}

function isAutomatic(mail: Email): boolean {
  const submitted = headerOf(mail, 'auto-submitted').toLowerCase();
  if (submitted !== '' && !submitted.startsWith('no')) return true;
  if (/bulk|junk|list|auto_reply/i.test(headerOf(mail, 'precedence'))) return true;
  return ['x-autoreply', 'x-autorespond', 'x-auto-response-suppress'].some((name) => headerOf(mail, name) !== '');
}

function reportOf(fields: Readonly<Record<string, string>>): Incoming['reports'][number] | null {
  const recipient = fields['original-recipient'] ?? fields['final-recipient'];
  if (recipient === undefined) return null;
  return {
    recipient: cut(recipient.replace(/^[^;]*;\s*/, '').replace(/^<|>$/g, '')),
    action: cut((fields.action ?? '').toLowerCase()),
    status: /\d\.\d{1,3}\.\d{1,3}/.exec(fields.status ?? '')?.[0] ?? '',
    detail: (fields['diagnostic-code'] ?? '').replace(/^[^;]*;\s*/, '').slice(0, 250),
  };
}

/** Of the returned message only what it proves itself by: its id, and the addresses of ours that are in its headers. */
function originalOf(headers: string): NonNullable<Incoming['original']> {
  const fields = fieldsOf(headers.split(/\r?\n\r?\n/)[0] ?? '');
  const holders = [fields['return-path'], fields['list-unsubscribe'], fields['reply-to']].join(' ');
  return {
    messageId: cut((fields['message-id'] ?? '').replace(/[<>\s]/g, '')),
    addresses: [...new Set(holders.match(/[^\s<>:,;"?]+@[A-Za-z0-9.-]+/g) ?? [])].slice(0, 20),
  };
}

/** What people wrote themselves: mail programs put the message they answer below it. */
function withoutQuote(value: string): string {
  const lines = value.split(/\r?\n/);
  const quote = lines.findIndex((line, index) => index > 0 && /^(>|-{2,} ?\w|_{10,}$)/.test(line));
  const own = (quote === -1 ? lines : lines.slice(0, quote)).join('\n').trim();
  // The line that introduces the quote ends with a colon in every language.
  return quote === -1 ? own : own.replace(/\n?[^\n]*:$/, '').trim() || own;
}
