// Checks a community's token, reads its profile, and has events sent to us. What is wrong is told as a Problem that names
// the field of the form.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, Problem } from '../../src/domain/problem.ts';
import { checkRoot, isCallable, unheardProblem } from '../lib/api-root.ts';
import { words } from '../lib/json-api.ts';
import { asText, isRecord } from '../lib/json.ts';
import { addressWithCode, secretOf } from './callback.ts';
import { API_VERSION, CREDENTIALS } from './capabilities.ts';
import { type Answer, type Form, apiRootOf, type VkClient } from './client.ts';
import { idOf } from './ids.ts';
import { EVENTS } from './parse.ts';

/** Told apart in the community's settings; 14 characters at most. */
const TITLE = 'Herald';
const TOO_MANY_REQUESTS = 6;
const TOKEN_CODES: ReadonlySet<number> = new Set([5, 27, 28, 1116, 1117]);
const RIGHTS_CODES: ReadonlySet<number> = new Set([7, 15, 203]);

/** Which community the token belongs to; asks, and changes nothing. */
export async function check(client: VkClient, bot: ChannelBot): Promise<BotAccount> {
  const { token = '' } = bot.credentials;
  if (token === '') throw fieldProblem('credentials.token', 'token_missing');
  if (!new RegExp(CREDENTIALS[0].pattern).test(token)) throw fieldProblem('credentials.token', 'token_shape');
  checkRoot(apiRootOf(bot));
  const result = await ask(client, bot, 'groups.getById', {});
  // A list of its own until version 5.131, a field of an object since.
  const groups = isRecord(result) ? result.groups : result;
  const group: unknown = Array.isArray(groups) ? groups[0] : undefined;
  const id = isRecord(group) ? idOf(group.id) : null;
  // A person's token is answered, too, but with no community of its own.
  if (!isRecord(group) || id === null) throw fieldProblem('credentials.token', 'token_refused');
  const name = asText(group.screen_name) || `club${id}`;
  return {
    externalId: id,
    name: asText(group.name) || name,
    username: name,
    picture: asText(group.photo_200) || asText(group.photo_100) || null,
    link: `https://vk.me/${name}?ref={ref}`,
  };
}

export async function connect(client: VkClient, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(client, bot);
  if (!isCallable(webhookUrl, bot)) return { ...account, webhook: 'manual' };
  const group = { group_id: account.externalId };
  const code = await ask(client, bot, 'groups.getCallbackConfirmationCode', group);
  const server = {
    ...group,
    url: addressWithCode(webhookUrl, isRecord(code) ? asText(code.code) : ''),
    title: TITLE,
    secret_key: secretOf(bot),
  };
  const known = await findServer(client, bot, account.externalId);
  const id = known?.id ?? (await addServer(client, bot, server));
  if (known) await ask(client, bot, 'groups.editCallbackServer', { ...server, server_id: id });
  // Confirming an address and subscribing it to events are two things: without this it is told nothing.
  await ask(client, bot, 'groups.setCallbackSettings', {
    ...group,
    server_id: id,
    api_version: API_VERSION,
    ...Object.fromEntries(EVENTS.map((event) => [event, 1])),
  });
  const { status } = (await findServer(client, bot, account.externalId)) ?? {};
  if (status === 'failed')
    throw fieldProblem('publicUrl', 'webhook_refused', {
      address: new URL(webhookUrl).origin,
      reason: 'not confirmed',
    });
  return { ...account, webhook: 'set' };
}

/** Our server is taken out of the community's list; others in it go on. */
export async function disconnect(client: VkClient, bot: ChannelBot): Promise<void> {
  const { externalId } = await check(client, bot);
  const known = await findServer(client, bot, externalId);
  if (known) await ask(client, bot, 'groups.deleteCallbackServer', { group_id: externalId, server_id: known.id });
}

interface CallbackServer {
  id: string;
  status: string;
}

/** Ours is the one that bears our secret, wherever it leads. */
async function findServer(client: VkClient, bot: ChannelBot, group: string): Promise<CallbackServer | null> {
  const result = await ask(client, bot, 'groups.getCallbackServers', { group_id: group });
  const items: unknown[] = isRecord(result) && Array.isArray(result.items) ? result.items : [];
  for (const item of items) {
    const id = isRecord(item) ? idOf(item.id) : null;
    if (isRecord(item) && id !== null && asText(item.secret_key) === secretOf(bot))
      return { id, status: asText(item.status) };
  }
  return null;
}

async function addServer(client: VkClient, bot: ChannelBot, server: Form): Promise<string> {
  const added = await ask(client, bot, 'groups.addCallbackServer', server);
  const id = isRecord(added) ? idOf(added.server_id) : null;
  if (id === null) throw new Problem('platform_refused', { reason: 'no callback server' });
  return id;
}

async function ask(client: VkClient, bot: ChannelBot, method: string, form: Form): Promise<unknown> {
  const answer = await client.call(bot, method, form);
  if (answer.kind === 'done') return answer.result;
  throw problemOf(answer, bot);
}

function problemOf(answer: Exclude<Answer, { kind: 'done' }>, bot: ChannelBot): Problem {
  switch (answer.kind) {
    case 'refused': {
      const reason = words(answer.code, answer.message);
      if (TOKEN_CODES.has(answer.code)) return fieldProblem('credentials.token', 'token_refused');
      if (answer.code === TOO_MANY_REQUESTS) return new Problem('platform_busy', { seconds: 1 });
      if (RIGHTS_CODES.has(answer.code)) return fieldProblem('credentials.token', 'platform_refused', { reason });
      return new Problem('platform_refused', { reason });
    }
    case 'not_an_api':
    case 'no_answer':
      return unheardProblem(answer, apiRootOf(bot));
    default:
      return answer satisfies never;
  }
}
