// A token of the account's own lasts 60 days and is renewed while it holds; a page's does not end.
// developers.facebook.com/documentation/instagram-platform/reference/refresh_access_token, read 2026-11.
import type { ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';
import type { Renewed } from '../../src/domain/renewal.ts';
import type { GraphClient } from '../lib/graph/client.ts';
import { asProblem } from '../lib/graph/problems.ts';
import { asText } from '../lib/json.ts';
import { accessOf, isOwn } from './connect.ts';

/** The platform wants 24 hours; an hour more, since it counts from when the token was made. */
export const MIN_AGE_MS = 25 * 3_600_000;

export const LIFE_MS = 60 * 24 * 3_600_000;

/** The endpoint has no version. */
const VERSION = /\/v\d+(\.\d+)?$/;

export async function renew(graph: GraphClient, bot: ChannelBot, now: number): Promise<Renewed | null> {
  if (!isOwn(bot)) return null;
  const access = accessOf(bot);
  const root = access.root.replace(VERSION, '');
  // Here alone the token is asked for as a parameter, which is neither logged nor told.
  const query = { grant_type: 'ig_refresh_token', access_token: access.token };
  const answer = await graph
    .call({ ...access, root }, { method: 'GET', path: 'refresh_access_token', query })
    .catch(asProblem(root));
  const [token, seconds] = [asText(answer.access_token), Number(answer.expires_in)];
  if (!token.startsWith('IG') || !(seconds > 0)) throw fieldProblem('credentials.token', 'token_refused');
  return { credentials: { token }, endsAt: now + seconds * 1000 };
}
