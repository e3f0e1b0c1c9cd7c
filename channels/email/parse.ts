// Reads the facts out of a message that came in. Only what an address or a message id of our own proves is believed: anybody
// can write a bounce. Pure.
import type { ChannelBot, Inbound } from '../../src/domain/channel.ts';
import { checkEmail } from '../../src/domain/profile.ts';
import { readKeyword } from '../lib/keywords.ts';
import { type Incoming, incomingSchema } from './incoming.ts';
import { meaningOf } from './outcome.ts';
import { isJoinAddress, isOurMessageId, messageIdOf, readTag, type Tag } from './tag.ts';

export function parse(update: unknown, bot: ChannelBot, now: number): Inbound[] {
  const read = incomingSchema.safeParse(update);
  if (!read.success) return [];
  const mail = read.data;
  if (mail.feedback !== null) return fromComplaint(mail, bot, now);
  if (mail.reports.length > 0) return fromReports(mail, bot, now);
  const tag = firstTag(mail.recipients, bot);
  if (tag) return fromPerson(mail, tag, now);
  return mail.recipients.some((address) => isJoinAddress(bot, address)) ? fromNewcomer(mail, now) : [];
}

/** `START spring`: the word after it is the campaign tag of the link that led here. */
const START = /^\s*start(?:\s+([\w.-]{1,190}))?\s*$/i;

function fromNewcomer(mail: Incoming, now: number): Inbound[] {
  const address = checkEmail(mail.from.address);
  const started = START.exec(mail.subject) ?? START.exec(mail.text);
  if (address === null || mail.automatic || (!started && readKeyword(mail.subject || mail.text) !== 'start')) return [];
  const [firstName = '', ...others] = mail.from.name.trim().split(/\s+/);
  const lastName = others.join(' ');
  const profile = { email: address, ...(firstName ? { firstName } : {}), ...(lastName ? { lastName } : {}) };
  return [{ kind: 'subscribed', externalId: mail.id, at: now, address, profile, ref: started?.[1] ?? null }];
}

const firstTag = (addresses: readonly string[], bot: ChannelBot): Tag | null =>
  addresses.map((address) => readTag(bot, address)).find((tag) => tag !== null) ?? null;

function fromPerson(mail: Incoming, { kind, address }: Tag, now: number): Inbound[] {
  const base = { externalId: mail.id, at: now, address };
  // What comes back to a return path without a report is a machine's; out-of-office notes answer everything.
  if (kind === 'b' || (mail.automatic && kind === 'r')) return [];
  const wish = readKeyword(mail.text) ?? (mail.text === '' ? readKeyword(mail.subject) : null);
  if (kind === 'u' || wish === 'stop') return [{ ...base, kind: 'unsubscribed' }];
  if (wish === 'start') return [{ ...base, kind: 'subscribed', ref: null }];
  return [{ ...base, kind: 'replied', text: mail.text || mail.subject }];
}

/** Somebody called it spam. Whose complaint it is, only the returned headers can prove. */
function fromComplaint(mail: Incoming, bot: ChannelBot, now: number): Inbound[] {
  if (mail.feedback?.toLowerCase() === 'not-spam') return [];
  const tag = firstTag([...(mail.original?.addresses ?? []), ...mail.recipients], bot);
  return tag ? [{ externalId: mail.id, at: now, address: tag.address, kind: 'unsubscribed' }] : [];
}

function fromReports(mail: Incoming, bot: ChannelBot, now: number): Inbound[] {
  const tag = firstTag(mail.recipients, bot);
  const messageId = mail.original?.messageId ?? '';
  return mail.reports.flatMap(({ recipient, action, status, detail }, index): Inbound[] => {
    if (action !== 'failed') return [];
    // The return path is one person's; a report that came elsewhere must bear the id of our message to that receiver.
    const address = tag?.address ?? (isOurMessageId(bot, messageId, recipient) ? recipient : null);
    if (address === null || (tag && index > 0)) return [];
    // Not every server returns the headers; the return path names the delivery all the same.
    const named = tag?.key ? messageIdOf(bot, tag.key, address) : null;
    return [
      {
        kind: 'undelivered',
        externalId: `${mail.id}:${index}`,
        at: now,
        address,
        messageId: isOurMessageId(bot, messageId, address) ? messageId : named,
        ...meaningOf(status),
        detail: `${status} ${detail}`.trim(),
      },
    ];
  });
}
