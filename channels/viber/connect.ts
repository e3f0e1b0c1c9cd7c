// Checks a token with the platform, reads the account's profile, and has events sent to us. What is wrong is told as a
// Problem that names the field of the form.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, Problem } from '../../src/domain/problem.ts';
import { checkRoot, isCallable, unheardProblem } from '../lib/api-root.ts';
import { words } from '../lib/json-api.ts';
import { asText } from '../lib/json.ts';
import { accountOf } from './account.ts';
import { CREDENTIALS } from './capabilities.ts';
import { type Answer, apiRootOf, type ViberClient } from './client.ts';

const INVALID_URL = 1;
const INVALID_TOKEN = 2;
const TOO_MANY_REQUESTS = 12;
const WAIT_SECONDS = 10;

/** Who the token belongs to; asks, and changes nothing. */
export async function check(client: ViberClient, bot: ChannelBot): Promise<BotAccount> {
  const { token = '' } = bot.credentials;
  if (token === '') throw fieldProblem('credentials.token', 'token_missing');
  if (!new RegExp(CREDENTIALS[0].pattern).test(token)) throw fieldProblem('credentials.token', 'token_shape');
  checkRoot(apiRootOf(bot));
  const { id, name, uri, icon } = expectOk(await accountOf(client, bot).info(), bot);
  if (asText(id) === '') throw new Problem('platform_refused', { reason: 'no account' });
  return {
    externalId: asText(id),
    name: asText(name) || asText(uri),
    username: asText(uri) || null,
    picture: asText(icon) || null,
    link: asText(uri) === '' ? null : `viber://pa?chatURI=${encodeURIComponent(asText(uri))}&context={ref}`,
  };
}

export async function connect(client: ViberClient, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(client, bot);
  // The platform takes https only, and cannot be asked for updates; an API root of one's own may take less.
  if (!isCallable(webhookUrl, bot)) return { ...account, webhook: 'manual' };
  const answer = await accountOf(client, bot).setWebhook(webhookUrl);
  if (answer.kind === 'answered' && answer.status === INVALID_URL)
    throw fieldProblem('publicUrl', 'webhook_refused', { address: new URL(webhookUrl).origin, reason: said(answer) });
  expectOk(answer, bot);
  return { ...account, webhook: 'set' };
}

/** The account is told nothing any more. */
export async function disconnect(client: ViberClient, bot: ChannelBot): Promise<void> {
  expectOk(await accountOf(client, bot).setWebhook(''), bot);
}

const said = ({ status, message }: { status: number; message: string }): string => words(status, message);

/** The answer's body; what is wrong with the token or the API root otherwise. */
function expectOk(answer: Answer, bot: ChannelBot): Readonly<Record<string, unknown>> {
  switch (answer.kind) {
    case 'answered':
      if (answer.status === 0) return answer.body;
      if (answer.status === INVALID_TOKEN) throw fieldProblem('credentials.token', 'token_refused');
      if (answer.status === TOO_MANY_REQUESTS) throw new Problem('platform_busy', { seconds: WAIT_SECONDS });
      throw new Problem('platform_refused', { reason: said(answer) });
    case 'not_an_api':
    case 'no_answer':
      throw unheardProblem(answer, apiRootOf(bot));
    default:
      return answer satisfies never;
  }
}
