// Checks app id, secret and tenant by asking for a token. Nothing tells a bot its own name, and its messaging endpoint is set
// by a person in Azure.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, type Problem } from '../../src/domain/problem.ts';
import { checkCredentials } from '../lib/credentials.ts';
import type { HttpClient } from '../lib/http.ts';
import { checkRoot, unreachable } from '../lib/api-root.ts';
import { type ApiAnswer, problemOf } from '../lib/json-api.ts';
import { asList, asRecord, asText } from '../lib/json.ts';
import { CREDENTIALS } from './capabilities.ts';
import { askToken, loginRootOf } from './client.ts';

export interface ConnectDeps {
  http: HttpClient;
  now: () => number;
}

export async function check({ http, now }: ConnectDeps, bot: ChannelBot): Promise<BotAccount> {
  const root = loginRootOf(bot);
  checkRoot(root);
  checkCredentials(bot, CREDENTIALS);
  const answer = await askToken(http, bot).catch((error: unknown) => {
    throw unreachable(root, error);
  });
  if (answer.status !== 200 || asText(asRecord(answer.body).access_token) === '') throw refusal(answer, root, now());
  const appId = (bot.credentials.appId ?? '').toLowerCase();
  return {
    externalId: appId,
    name: bot.name || 'Microsoft Teams',
    username: null,
    picture: null,
    // Opens the chat with a word ready to be sent; an installation carries no payload.
    link: `https://teams.microsoft.com/l/chat/0/0?users=28:${appId}&message=START%20{ref}`,
  };
}

export async function connect(deps: ConnectDeps, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(deps, bot);
  return { ...account, webhook: webhookUrl?.startsWith('https:') ? 'manual' : 'none' };
}

/** Which field an error of the identity platform speaks of (AADSTS numbers). */
const FIELDS: Readonly<Record<number, 'appId' | 'secret' | 'tenant'>> = {
  700016: 'appId',
  700038: 'appId',
  7000215: 'secret',
  7000222: 'secret',
  90002: 'tenant',
  900023: 'tenant',
};

function refusal(answer: ApiAnswer, root: string, now: number): Problem {
  const { error, error_codes: codes, error_description: description } = asRecord(answer.body);
  const field = asList(codes)
    .map((code) => FIELDS[Number(code)])
    .find((name) => name !== undefined);
  if (field === 'secret' || (field === undefined && error === 'invalid_client'))
    return fieldProblem('credentials.secret', 'token_refused');
  if (field !== undefined) return fieldProblem(`credentials.${field}`, 'credential_wrong', { field });
  return problemOf(answer, { root, reason: [asText(error), asText(description)].join(' ').trim(), now });
}
