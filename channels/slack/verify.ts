// Is a request the platform's? It signs the time and the body with the app's signing secret.
import { createHmac } from 'node:crypto';
import type { ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import { sameSecret } from '../lib/secrets.ts';

/** As the documentation has it. */
const STALE_MS = 5 * 60_000;

export function verify({ headers, body }: InboundRequest, { credentials }: ChannelBot, now: number): boolean {
  const secret = credentials.signingSecret ?? '';
  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  if (secret === '' || !/^\d{9,11}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * 1000) > STALE_MS) return false;
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  return sameSecret(headers['x-slack-signature'], `v0=${expected}`);
}
