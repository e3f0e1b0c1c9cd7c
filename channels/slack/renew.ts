// An app with token rotation has tokens of twelve hours, and a second token that is exchanged for the next pair, once.
// docs.slack.dev/authentication/using-token-rotation, read 2026-11.
import type { ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';
import type { Renewed } from '../../src/domain/renewal.ts';
import type { HttpClient } from '../lib/http.ts';
import { unreachable } from '../lib/api-root.ts';
import { callApi, problemOf, words } from '../lib/json-api.ts';
import { asRecord, asText } from '../lib/json.ts';
import { apiRootOf, errorOf } from './client.ts';

export const LIFE_MS = 12 * 3_600_000;

/** What a rotating token needs beside it. */
const NEEDED = ['refreshToken', 'clientId', 'clientSecret'] as const;

export const isRotating = ({ credentials }: ChannelBot): boolean => (credentials.token ?? '').startsWith('xoxe.');

/** Without these it would end within the day. */
export function checkRotation(bot: ChannelBot): void {
  const field = isRotating(bot) ? NEEDED.find((key) => !bot.credentials[key]) : undefined;
  if (field !== undefined) throw fieldProblem(`credentials.${field}`, 'credential_missing', { field });
}

const WRONG: Readonly<Record<string, (typeof NEEDED)[number]>> = {
  invalid_refresh_token: 'refreshToken',
  invalid_grant: 'refreshToken',
  token_expired: 'refreshToken',
  invalid_client_id: 'clientId',
  bad_client_secret: 'clientSecret',
};

export async function renew(
  { http, now }: { http: HttpClient; now: () => number },
  bot: ChannelBot,
): Promise<Renewed | null> {
  if (!isRotating(bot)) return null;
  checkRotation(bot);
  const { refreshToken = '', clientId = '', clientSecret = '' } = bot.credentials;
  const root = apiRootOf(bot);
  const answer = await callApi(http, {
    method: 'POST',
    url: `${root}/oauth.v2.access`,
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
  }).catch((error: unknown) => {
    throw unreachable(root, error);
  });
  const { ok, access_token: token, refresh_token: next, expires_in: seconds } = asRecord(answer.body);
  if (ok === true && asText(token) !== '' && asText(next) !== '' && Number(seconds) > 0)
    return {
      credentials: { token: asText(token), refreshToken: asText(next) },
      endsAt: now() + Number(seconds) * 1000,
    };
  const { error, more } = errorOf(answer);
  const field = WRONG[error];
  if (field !== undefined) throw fieldProblem(`credentials.${field}`, 'credential_wrong', { field });
  throw problemOf(answer, { root, reason: words(error, more), now: now() });
}
