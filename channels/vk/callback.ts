// The Callback API's own habits: the question by which an address is confirmed, the secret in every body, and the word
// that says an event was received. Pure.
import { createHash } from 'node:crypto';
import type { ChannelBot, HttpAnswer, InboundRequest } from '../../src/domain/channel.ts';
import { sameSecret } from '../lib/secrets.ts';
import { asText, isRecord, parseJson } from '../lib/json.ts';
import { idOf } from './ids.ts';

/** The confirmation code stands in the address that is given to the platform: any of our processes can answer. */
const CODE_PARAMETER = 'code';
const CODE = /^[0-9A-Za-z]{4,40}$/;

/** At most 50 characters, letters and digits. Empty for a bot without a secret. */
export const secretOf = ({ webhookSecret }: ChannelBot): string =>
  webhookSecret === '' ? '' : createHash('sha256').update(webhookSecret).digest('hex').slice(0, 48);

export function addressWithCode(webhookUrl: string, code: string): string {
  const url = new URL(webhookUrl);
  url.searchParams.set(CODE_PARAMETER, code);
  return url.href;
}

const bodyOf = ({ body }: InboundRequest): Record<string, unknown> | null => {
  const value = parseJson(body.toString('utf8'));
  return isRecord(value) ? value : null;
};

/** What is told is no secret: whoever asks has it in the address. But only this community is answered. */
export function handshake(request: InboundRequest, bot: ChannelBot): HttpAnswer | null {
  const code = request.query[CODE_PARAMETER] ?? '';
  if (request.method !== 'POST' || !CODE.test(code)) return null;
  const asked = bodyOf(request);
  if (asked?.type !== 'confirmation' || idOf(asked.group_id) !== bot.externalId) return null;
  if (asked.secret !== undefined && !sameSecret(asText(asked.secret), secretOf(bot))) return null;
  return { status: 200, type: 'text/plain', body: code };
}

export function verify(request: InboundRequest, bot: ChannelBot): boolean {
  const body = bodyOf(request);
  // A secret of one community must not speak for another.
  return body !== null && idOf(body.group_id) === bot.externalId && sameSecret(asText(body.secret), secretOf(bot));
}

/** Anything else counts as an error, and some errors in a row silence the server. */
export const RECEIVED: HttpAnswer = { status: 200, type: 'text/plain', body: 'ok' };
