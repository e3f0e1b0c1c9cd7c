// The signatures of Standard Webhooks, symmetric kind: HMAC-SHA256 over `<id>.<seconds>.<body>`, the same in both directions.
// Pure; several signatures and several secrets stand beside each other while a secret is replaced.
import { createHmac } from 'node:crypto';
import type { ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import { sameSecret } from '../lib/secrets.ts';

const PREFIX = 'whsec_';
export const TOLERANCE_SECONDS = 300;

/** What an id may be: a full stop would let it reach into the signed time. */
const ID = /^[^\s.]{1,190}$/;
const SECONDS = /^\d{1,12}$/;
const VERSION = 'v1,';
/** More than anyone needs; each costs a comparison. */
const MOST_SIGNATURES = 8;

/** The newest first. */
const keysOf = ({ credentials }: ChannelBot): Buffer[] =>
  (credentials.secret ?? '')
    .split(/\s+/)
    .filter((secret) => secret.startsWith(PREFIX))
    .map((secret) => Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .filter((key) => key.length > 0);

const signatureOf = (key: Buffer, id: string, seconds: string, body: string | Buffer): string =>
  createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');

/** The headers of a request that carries this body. */
export function sign(bot: ChannelBot, id: string, body: string, now: number): Record<string, string> {
  const seconds = String(Math.floor(now / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': keysOf(bot)
      .map((key) => VERSION + signatureOf(key, id, seconds, body))
      .join(' '),
  };
}

export function verify({ headers, body }: InboundRequest, bot: ChannelBot, now: number): boolean {
  const id = headers['webhook-id'] ?? '';
  const seconds = headers['webhook-timestamp'] ?? '';
  if (!ID.test(id) || !SECONDS.test(seconds)) return false;
  if (Math.abs(now / 1000 - Number(seconds)) > TOLERANCE_SECONDS) return false;
  const given = (headers['webhook-signature'] ?? '')
    .split(' ')
    .slice(0, MOST_SIGNATURES)
    .filter((signature) => signature.startsWith(VERSION))
    .map((signature) => signature.slice(VERSION.length));
  return keysOf(bot)
    .map((key) => signatureOf(key, id, seconds, body))
    .some((expected) => given.some((signature) => sameSecret(signature, expected)));
}
