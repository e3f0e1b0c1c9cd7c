// Addresses and message ids that prove themselves: a bounce, a reply or a wish to leave comes from anywhere on the
// internet, so what it speaks of is written into the address it is sent to, signed with the bot's secret. Pure.
import { createHash, createHmac } from 'node:crypto';
import type { ChannelBot } from '../../src/domain/channel.ts';
import { sameSecret } from '../lib/secrets.ts';
import { domainOf } from './settings.ts';

/** A return path, the address to leave by, the address to answer to. */
export type TagKind = 'b' | 'u' | 'r';

export interface Tag {
  kind: TagKind;
  /** The person's address. */
  address: string;
  /** The delivery's, where there was room for it. */
  key: string | null;
}

type Signer = Pick<ChannelBot, 'credentials' | 'webhookSecret' | 'publicId'>;

/** RFC 5321 allows no more before the @. */
const LOCAL_MAX = 64;
const MAC_LENGTH = 12;

/** What a key may be made of to stand in an address. */
const KEY = /^[A-Za-z0-9-]{1,24}$/;

/**
 * `bounces+b.<key>.person=example.com-<signature>@…`, or `bounces+b-person=…` without a key or where there is no room for
 * it; null without such a mailbox, or where not even the person's address fits in.
 */
export function taggedAddress(bot: Signer, kind: TagKind, address: string, key: string | null = null): string | null {
  const mailbox = mailboxOf(bot);
  if (!mailbox || !/^[!-~]+@[!-~]+$/.test(address)) return null;
  const at = address.lastIndexOf('@');
  const encoded = `${address.slice(0, at)}=${address.slice(at + 1)}`;
  const named = key !== null && KEY.test(key) ? key : null;
  const about = named === null ? `${kind}-` : `${kind}.${named}.`;
  const local = `${mailbox.local}+${about}${encoded}-${mac(bot, subjectOf(kind, named), address)}`;
  if (local.length <= LOCAL_MAX) return `${local}@${mailbox.domain}`;
  return named === null ? null : taggedAddress(bot, kind, address);
}

/** What one of our own addresses says; null for any other. */
export function readTag(bot: Signer, recipient: string): Tag | null {
  const mailbox = mailboxOf(bot);
  if (!mailbox || domainOf(recipient) !== mailbox.domain) return null;
  const local = recipient.slice(0, recipient.lastIndexOf('@'));
  if (!local.toLowerCase().startsWith(`${mailbox.local.toLowerCase()}+`)) return null;
  const [, kind, key = null, user, domain, signature] =
    /^([bur])(?:-|\.([a-z0-9-]+)\.)(.+)=([^=]+)-([0-9a-f]+)$/i.exec(local.slice(mailbox.local.length + 1)) ?? [];
  if (kind === undefined) return null;
  const tag: Tag = { kind: kind.toLowerCase() as TagKind, address: `${user}@${domain}`, key };
  return sameSecret(signature?.toLowerCase(), mac(bot, subjectOf(tag.kind, key), tag.address)) ? tag : null;
}

/** Is there anything of ours below this mailbox's domain? */
export const isOurDomain = (bot: Signer, recipient: string): boolean => mailboxOf(bot)?.domain === domainOf(recipient);

/** Where people write START to; null unless the operator wants that, since anybody can write in another's name. */
export function joinAddress(bot: Signer): string | null {
  const mailbox = bot.credentials.joinByLetter === 'yes' ? mailboxOf(bot) : null;
  return mailbox && `${mailbox.local}+join@${mailbox.domain}`;
}

export const isJoinAddress = (bot: Signer, recipient: string): boolean =>
  recipient.toLowerCase() === joinAddress(bot)?.toLowerCase();

/** Where mail providers send complaints to, once they were told; which bot's letter it was, only what comes there can prove. */
export function isComplaintAddress(bot: Signer, recipient: string): boolean {
  const mailbox = mailboxOf(bot);
  const address = mailbox && `${mailbox.local}+complaints@${mailbox.domain}`;
  return recipient.toLowerCase() === address?.toLowerCase();
}

/** The same for the same delivery: some receivers drop what comes twice. Without angle brackets. */
export function messageIdOf(bot: Signer, key: string, address: string): string {
  const name = createHash('sha256').update(`${bot.publicId} ${key}`).digest('hex').slice(0, 32);
  return `${name}.${mac(bot, name, address)}@${domainOf(bot.credentials.from ?? '')}`;
}

/** Was this the id of a message of ours to this person? */
export function isOurMessageId(bot: Signer, messageId: string, address: string): boolean {
  const [, name = '', signature] = /^([0-9a-f]{32})\.([0-9a-f]+)@/.exec(messageId) ?? [];
  return name !== '' && sameSecret(signature, mac(bot, name, address));
}

function mailboxOf({ credentials, webhookSecret }: Signer): { local: string; domain: string } | null {
  const { bounceAddress = '' } = credentials;
  const at = bounceAddress.lastIndexOf('@');
  return at < 1 || webhookSecret === '' ? null : { local: bounceAddress.slice(0, at), domain: domainOf(bounceAddress) };
}

const subjectOf = (kind: TagKind, key: string | null): string => (key === null ? kind : `${kind} ${key.toLowerCase()}`);

/** Letter case gets lost on the way. */
const mac = ({ webhookSecret }: Signer, what: string, address: string): string =>
  createHmac('sha256', webhookSecret).update(`${what} ${address.toLowerCase()}`).digest('hex').slice(0, MAC_LENGTH);
