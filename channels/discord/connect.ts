// Checks a token with the platform, reads the application, has interactions and events sent to us, and makes the two commands.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, type Problem } from '../../src/domain/problem.ts';
import { checkCredentials } from '../lib/credentials.ts';
import type { HttpClient } from '../lib/http.ts';
import { checkRoot, notTheApi, unreachable } from '../lib/api-root.ts';
import { problemOf, words } from '../lib/json-api.ts';
import { asRecord, asText, type JsonRecord } from '../lib/json.ts';
import { CREDENTIALS } from './capabilities.ts';
import { apiRootOf, callDiscord, type DiscordCall, errorOf } from './client.ts';
import { COMMANDS } from './commands.ts';

export interface ConnectDeps {
  http: HttpClient;
  now: () => number;
}

const EVENTS = ['APPLICATION_AUTHORIZED', 'APPLICATION_DEAUTHORIZED'] as const;
const DISABLED = 1;
const ENABLED = 2;

export async function check(deps: ConnectDeps, bot: ChannelBot): Promise<BotAccount> {
  checkRoot(apiRootOf(bot));
  checkCredentials(bot, CREDENTIALS);
  const application = await ask(deps, bot, { method: 'GET', path: '/applications/@me' });
  const id = asText(application.id);
  if (id === '') throw notTheApi(apiRootOf(bot), 200);
  // With another application's key every request would be refused, silently.
  if (asText(application.verify_key) !== bot.credentials.publicKey)
    throw fieldProblem('credentials.publicKey', 'credential_wrong', { field: 'publicKey' });
  const user = asRecord(application.bot);
  return {
    externalId: id,
    name: asText(application.name),
    username: asText(user.username) || null,
    picture: pictureOf(application),
    // A person who adds the app to their account can be written to. No tag comes along: /start takes one.
    link: `https://discord.com/oauth2/authorize?client_id=${id}&integration_type=1&scope=applications.commands`,
  };
}

export async function connect(deps: ConnectDeps, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(deps, bot);
  if (!webhookUrl?.startsWith('https:')) return { ...account, webhook: 'none' };
  const json = {
    interactions_endpoint_url: webhookUrl,
    event_webhooks_url: webhookUrl,
    event_webhooks_status: ENABLED,
    event_webhooks_types: EVENTS,
  };
  // The platform tries the address before it answers.
  await ask(deps, bot, { method: 'PATCH', path: '/applications/@me', json }, (reason) =>
    fieldProblem('publicUrl', 'webhook_refused', { address: new URL(webhookUrl).origin, reason }),
  );
  // One by one and by name: whatever other commands the application has stay as they are.
  for (const command of COMMANDS)
    await ask(deps, bot, { method: 'POST', path: `/applications/${account.externalId}/commands`, json: command });
  return { ...account, webhook: 'set' };
}

export async function disconnect(deps: ConnectDeps, bot: ChannelBot): Promise<void> {
  const json = { interactions_endpoint_url: null, event_webhooks_status: DISABLED };
  await ask(deps, bot, { method: 'PATCH', path: '/applications/@me', json });
}

function pictureOf({ id, icon }: JsonRecord): string | null {
  const hash = asText(icon);
  return hash === '' ? null : `https://cdn.discordapp.com/app-icons/${asText(id)}/${hash}.png?size=128`;
}

/** The answer to a call; what is wrong becomes a Problem, that of a 400 as the caller words it. */
async function ask(
  { http, now }: ConnectDeps,
  bot: ChannelBot,
  call: DiscordCall,
  refused?: (reason: string) => Problem,
): Promise<JsonRecord> {
  const root = apiRootOf(bot);
  const answer = await callDiscord(http, bot, call).catch((error: unknown) => {
    throw unreachable(root, error);
  });
  if (answer.status >= 200 && answer.status < 300 && answer.body !== undefined) return asRecord(answer.body);
  const { code, message } = errorOf(answer);
  throw problemOf(answer, { root, reason: words(code || '', message), now: now(), refused });
}
