// Who may speak for the platform: every request carries an HMAC of its body, keyed with the account's token.
import { createHmac } from 'node:crypto';
import type { ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import { sameSecret } from '../lib/secrets.ts';

export const signatureOf = (body: Buffer | string, token: string): string =>
  createHmac('sha256', token).update(body).digest('hex');

export function verify({ headers, body }: InboundRequest, { credentials: { token = '' } }: ChannelBot): boolean {
  if (token === '') return false;
  return sameSecret(headers['x-viber-content-signature']?.toLowerCase(), signatureOf(body, token));
}
