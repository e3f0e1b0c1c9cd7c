// Tries the endpoint with a signed event before a bot is connected, and tells it where to send events of its own. What is
// wrong is told as a Problem that names the field of the form.
import { createHash, randomUUID } from 'node:crypto';
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { isWebAddress } from '../../src/domain/check.ts';
import { fieldProblem, type Problem } from '../../src/domain/problem.ts';
import { checkRoot, notReached } from '../lib/api-root.ts';
import { checkCredentials } from '../lib/credentials.ts';
import { type HttpResponse, NoAnswer } from '../lib/http.ts';
import { CREDENTIALS } from './capabilities.ts';
import { endpointOf, send, type WebhookClientDeps } from './client.ts';

/** Asks with an event of which nothing follows. */
export const check = async (deps: WebhookClientDeps, bot: ChannelBot): Promise<BotAccount> => {
  await tell(deps, bot, 'herald.ping', {});
  return accountOf(bot);
};

export async function connect(
  deps: WebhookClientDeps,
  bot: ChannelBot,
  webhookUrl: string | null,
): Promise<BotProfile> {
  await tell(deps, bot, 'herald.connected', { events_url: webhookUrl });
  return { ...accountOf(bot), webhook: 'manual' };
}

function accountOf(bot: ChannelBot): BotAccount {
  const { href, host } = new URL(bot.credentials.url ?? '');
  return {
    // One endpoint is one account; it stays that when it moves to another address.
    externalId: bot.externalId || createHash('sha256').update(href).digest('hex').slice(0, 32),
    name: host,
    username: null,
    picture: null,
    link: null,
  };
}

async function tell(deps: WebhookClientDeps, bot: ChannelBot, type: string, data: object): Promise<void> {
  checkCredentials(bot, CREDENTIALS);
  if (bot.apiRoot !== null) checkRoot(bot.apiRoot);
  if (!isWebAddress(bot.credentials.url ?? '')) throw fieldProblem('credentials.url', 'url_invalid');
  const event = { id: `herald_${randomUUID()}`, type, data };
  const problem = await send(deps, bot, event).then(
    (answer) => refusal(bot, answer),
    (error: unknown) => unreachable(bot, error),
  );
  if (problem) throw problem;
}

/** Paths and queries of such addresses often hold keys: only the host is told. */
const shown = (bot: ChannelBot): { path: string; address: string } => ({
  path: bot.apiRoot === null ? 'credentials.url' : 'apiRoot',
  address: new URL(endpointOf(bot)).origin,
});

function refusal(bot: ChannelBot, { status }: HttpResponse): Problem | null {
  if (status >= 200 && status < 300) return null;
  const { path, address } = shown(bot);
  if (status === 401 || status === 403)
    return fieldProblem('credentials.secret', 'endpoint_unsigned', { address, status });
  return fieldProblem(path, 'endpoint_refused', { address, status });
}

function unreachable(bot: ChannelBot, error: unknown): Problem {
  if (!(error instanceof NoAnswer)) throw error;
  const { path, address } = shown(bot);
  return notReached(path, address, error.code);
}
