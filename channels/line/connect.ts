// Checks a token with the platform, reads the account's profile, and has events sent to us. The platform tries the address
// itself before it is called set.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, type Problem } from '../../src/domain/problem.ts';
import { checkCredentials } from '../lib/credentials.ts';
import type { HttpClient } from '../lib/http.ts';
import { checkRoot, notTheApi, unreachable } from '../lib/api-root.ts';
import { problemOf } from '../lib/json-api.ts';
import { asRecord, asText, type JsonRecord } from '../lib/json.ts';
import { CREDENTIALS } from './capabilities.ts';
import { apiRootOf, callLine, type LineCall, reasonOf } from './client.ts';

export interface ConnectDeps {
  http: HttpClient;
  now: () => number;
}

export async function check(deps: ConnectDeps, bot: ChannelBot): Promise<BotAccount> {
  checkRoot(apiRootOf(bot));
  checkCredentials(bot, CREDENTIALS);
  const info = await ask(deps, bot, { method: 'GET', path: '/v2/bot/info' });
  const id = asText(info.userId);
  const basicId = asText(info.premiumId) || asText(info.basicId);
  if (id === '') throw notTheApi(apiRootOf(bot), 200);
  return {
    externalId: id,
    name: asText(info.displayName),
    username: basicId || null,
    picture: asText(info.pictureUrl) || null,
    // Adding the account carries no payload: the chat opens with a word that does, ready to be sent.
    link: basicId === '' ? null : `https://line.me/R/oaMessage/${encodeURIComponent(basicId)}/?START%20{ref}`,
  };
}

export async function connect(deps: ConnectDeps, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(deps, bot);
  if (!webhookUrl?.startsWith('https:')) return { ...account, webhook: 'none' };
  const path = '/v2/bot/channel/webhook/endpoint';
  const refused = (reason: string): Problem =>
    fieldProblem('publicUrl', 'webhook_refused', { address: new URL(webhookUrl).origin, reason });
  await ask(deps, bot, { method: 'PUT', path, json: { endpoint: webhookUrl } }, refused);
  const tried = await ask(
    deps,
    bot,
    { method: 'POST', path: '/v2/bot/channel/webhook/test', json: { endpoint: webhookUrl } },
    refused,
  );
  if (tried.success === false) throw refused([asText(tried.reason), asText(tried.detail)].join(' ').trim());
  // The switch "Use webhook" can be turned by a person only.
  const { active } = await ask(deps, bot, { method: 'GET', path });
  return { ...account, webhook: active === false ? 'manual' : 'set' };
}

/** The answer to a call; what is wrong becomes a Problem, that of a 400 as the caller words it. */
async function ask(
  { http, now }: ConnectDeps,
  bot: ChannelBot,
  call: LineCall,
  refused?: (reason: string) => Problem,
): Promise<JsonRecord> {
  const root = apiRootOf(bot);
  const answer = await callLine(http, bot, call).catch((error: unknown) => {
    throw unreachable(root, error);
  });
  if (answer.status === 200 && answer.body !== undefined) return asRecord(answer.body);
  throw problemOf(answer, { root, reason: reasonOf(answer), now: now(), refused });
}
