// The way to the API: JSON in, JSON out, the token in one header and nowhere else. The platform answers 200 whatever
// happens; what happened is in `status`.
import type { ChannelBot } from '../../src/domain/channel.ts';
import { type HttpClient, NoAnswer } from '../lib/http.ts';
import { asText, isRecord } from '../lib/json.ts';
import { readJson } from './json.ts';

const API_ROOT = 'https://chatapi.viber.com';

export type Answer =
  | { kind: 'answered'; status: number; message: string; body: Readonly<Record<string, unknown>> }
  /** Not the API's answer: a proxy's page, say. */
  | { kind: 'not_an_api'; status: number }
  | { kind: 'no_answer'; sent: boolean; code: string };

export interface ViberClient {
  call(bot: ChannelBot, path: string, body: string): Promise<Answer>;
}

export const rootOf = (bot: ChannelBot): string => (bot.apiRoot ?? API_ROOT).replace(/\/+$/, '');

export const createViberClient = (http: HttpClient): ViberClient => ({
  async call(bot, path, body) {
    try {
      const answer = await http.request({
        method: 'POST',
        url: `${rootOf(bot)}/pa/${path}`,
        headers: { 'content-type': 'application/json', 'x-viber-auth-token': bot.credentials.token ?? '' },
        body,
      });
      return readAnswer(answer.status, answer.body);
    } catch (error) {
      if (error instanceof NoAnswer) return { kind: 'no_answer', sent: error.sent, code: error.code };
      return { kind: 'no_answer', sent: true, code: 'UNKNOWN' };
    }
  },
});

function readAnswer(http: number, bytes: Buffer): Answer {
  const body = readJson(bytes.toString('utf8'));
  if (!isRecord(body) || !Number.isSafeInteger(body.status)) return { kind: 'not_an_api', status: http };
  return { kind: 'answered', status: Number(body.status), message: asText(body.status_message), body };
}
