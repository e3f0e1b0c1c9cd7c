// Checks a token with the platform and reads the app's profile. The address for events and presses is pasted by a person: the
// platform has no call for it that a bot's token may make.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, type Problem } from '../../src/domain/problem.ts';
import { checkCredentials } from '../lib/credentials.ts';
import type { HttpClient } from '../lib/http.ts';
import { checkRoot, notTheApi, unreachable } from '../lib/api-root.ts';
import { type ApiAnswer, problemOf, words } from '../lib/json-api.ts';
import { asRecord, asText, type JsonRecord } from '../lib/json.ts';
import { CREDENTIALS } from './capabilities.ts';
import { apiRootOf, callSlack, errorOf } from './client.ts';
import { checkRotation } from './renew.ts';

export interface ConnectDeps {
  http: HttpClient;
  now: () => number;
}

export async function check(deps: ConnectDeps, bot: ChannelBot): Promise<BotAccount> {
  const root = apiRootOf(bot);
  checkRoot(root);
  checkCredentials(bot, CREDENTIALS);
  checkRotation(bot);
  const answer = await callSlack(deps.http, bot, { method: 'auth.test', json: {} }).catch((error: unknown) => {
    throw unreachable(root, error);
  });
  const account = asRecord(answer.body);
  if (account.ok !== true) throw refusal(answer, root, deps.now());
  const [team, user] = [asText(account.team_id), asText(account.user_id)];
  if (team === '' || user === '') throw notTheApi(root, answer.status);
  const app = await readApp(deps, bot, asText(account.bot_id));
  const id = asText(app.app_id);
  return {
    // One app in one workspace; people's ids are the workspace's.
    externalId: `${team}-${user}`,
    name: asText(app.name) || asText(account.user),
    username: asText(account.user) || null,
    picture: asText(asRecord(app.icons).image_72) || null,
    link: id === '' ? null : `https://slack.com/app_redirect?app=${id}&team=${team}`,
  };
}

export async function connect(deps: ConnectDeps, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(deps, bot);
  return { ...account, webhook: webhookUrl?.startsWith('https:') ? 'manual' : 'none' };
}

/** Name and picture need a scope of their own; an app without it is connected all the same. */
async function readApp({ http }: ConnectDeps, bot: ChannelBot, id: string): Promise<JsonRecord> {
  if (id === '') return {};
  try {
    const answer = await callSlack(http, bot, { method: 'bots.info', query: { bot: id } });
    return asRecord(asRecord(answer.body).bot);
  } catch {
    return {};
  }
}

const TOKEN_ERRORS = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired']);

function refusal(answer: ApiAnswer, root: string, now: number): Problem {
  const { error, more } = errorOf(answer);
  if (TOKEN_ERRORS.has(error)) return fieldProblem('credentials.token', 'token_refused');
  return problemOf(answer, { root, reason: words(error, more), now });
}
