// The way to the API: JSON in, JSON out, the token in one header and nowhere else. The platform answers 200 whatever
// happens; what happened is in `status`.
import type { ChannelBot } from '../../src/domain/channel.ts';
import { rootOf, type Unheard, unheardBecause } from '../lib/api-root.ts';
import type { HttpClient } from '../lib/http.ts';
import { asText, isRecord } from '../lib/json.ts';
import { readJson } from './json.ts';

const API_ROOT = 'https://chatapi.viber.com';

export type Answer =
  | { kind: 'answered'; status: number; message: string; body: Readonly<Record<string, unknown>> }
  | Unheard;

export interface ViberClient {
  call(bot: ChannelBot, path: string, body: string): Promise<Answer>;
}

export const apiRootOf = (bot: ChannelBot): string => rootOf(bot, API_ROOT);

export const createViberClient = (http: HttpClient): ViberClient => ({
  async call(bot, path, body) {
    try {
      const answer = await http.request({
        method: 'POST',
        url: `${apiRootOf(bot)}/pa/${path}`,
        headers: { 'content-type': 'application/json', 'x-viber-auth-token': bot.credentials.token ?? '' },
        body,
      });
      return readAnswer(answer.status, answer.body);
    } catch (error) {
      return unheardBecause(error);
    }
  },
});

function readAnswer(http: number, bytes: Buffer): Answer {
  const body = readJson(bytes.toString('utf8'));
  if (!isRecord(body) || !Number.isSafeInteger(body.status)) return { kind: 'not_an_api', status: http };
  return { kind: 'answered', status: Number(body.status), message: asText(body.status_message), body };
}
