// How Meta's webhooks prove where they come from: each is signed over its bytes with the app's secret, and the address
// is tried once, when it is set, with a token that only we and the platform know.
import { createHmac } from 'node:crypto';
import type { HttpAnswer, InboundRequest } from '../../../src/domain/channel.ts';
import { sameSecret } from '../secrets.ts';

const HEADER = 'x-hub-signature-256';

export const signatureOf = (body: Buffer, appSecret: string): string =>
  `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;

export const isSigned = ({ method, headers, body }: InboundRequest, appSecret: string): boolean =>
  method === 'POST' && appSecret !== '' && sameSecret(headers[HEADER], signatureOf(body, appSecret));

/** A challenge is a number; what is not like one is not sent back to whoever asks. */
const CHALLENGE = /^[\w.-]{1,256}$/;

/** `verifyTokens`: ours, and the one that a person typed both here and there. */
export function answerChallenge(
  { method, query }: InboundRequest,
  ...verifyTokens: readonly string[]
): HttpAnswer | null {
  if (method !== 'GET' || query['hub.mode'] !== 'subscribe') return null;
  const challenge = query['hub.challenge'] ?? '';
  const known = verifyTokens.filter((token) => sameSecret(query['hub.verify_token'], token)).length > 0;
  if (!known || !CHALLENGE.test(challenge)) return null;
  return { status: 200, type: 'text/plain', body: challenge };
}
