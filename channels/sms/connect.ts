// Checks the account and the sender, and has what people write sent to us. What is wrong is told as a Problem that names
// the field of the form.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, Problem } from '../../src/domain/problem.ts';
import { checkRoot, isCallable, unheardProblem } from '../lib/api-root.ts';
import { checkCredentials } from '../lib/credentials.ts';
import { words } from '../lib/json-api.ts';
import { asText, type JsonRecord } from '../lib/json.ts';
import { CREDENTIALS, type SenderKind, senderKind } from './capabilities.ts';
import { type Answer, apiRootOf, type SmsClient } from './client.ts';
import { COMES_AGAIN } from './signature.ts';

interface Sender {
  kind: SenderKind;
  /** The platform's id of the number or short code. */
  sid: string | null;
  name: string | null;
}

/** Who the credentials belong to; asks, and changes nothing. */
export async function check(client: SmsClient, bot: ChannelBot): Promise<BotAccount> {
  return (await look(client, bot)).account;
}

export async function connect(client: SmsClient, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const { account, sender } = await look(client, bot);
  if (sender.kind === 'name') return { ...account, webhook: 'none' };
  if (!isCallable(webhookUrl, bot)) return { ...account, webhook: 'manual' };
  const answer = await pointTo(client, bot, sender, webhookUrl);
  if (answer.kind === 'refused' && answer.status === 400)
    throw fieldProblem('publicUrl', 'webhook_refused', { address: new URL(webhookUrl).origin, reason: said(answer) });
  expectTaken(answer, bot);
  return { ...account, webhook: 'set' };
}

/** What people write goes nowhere any more. */
export async function disconnect(client: SmsClient, bot: ChannelBot): Promise<void> {
  const { sender } = await look(client, bot);
  if (sender.kind !== 'name') await pointTo(client, bot, sender, '');
}

async function look(client: SmsClient, bot: ChannelBot): Promise<{ account: BotAccount; sender: Sender }> {
  checkCredentials(bot, CREDENTIALS);
  checkRoot(apiRootOf(bot));
  const { from = '', accountSid = '' } = bot.credentials;
  const owner = await client.account(bot, 'GET', '');
  if (owner.kind === 'refused' && owner.status === 404)
    throw fieldProblem('credentials.accountSid', 'credential_wrong', { field: 'accountSid' });
  const { status, friendly_name: title } = expectTaken(owner, bot);
  if (status !== 'active') throw new Problem('platform_refused', { reason: `account ${asText(status)}` });
  const sender = await findSender(client, bot, from);
  return {
    sender,
    account: {
      externalId: `${accountSid}/${from}`,
      name: sender.name || asText(title) || from,
      username: from,
      picture: null,
      // A Messaging Service chooses among numbers; nobody can write to a name.
      link: sender.kind === 'number' || sender.kind === 'shortCode' ? `sms:${from}?&body=START%20{ref}` : null,
    },
  };
}

async function findSender(client: SmsClient, bot: ChannelBot, from: string): Promise<Sender> {
  const kind = senderKind(from);
  switch (kind) {
    case 'number': {
      const query = `IncomingPhoneNumbers?PhoneNumber=${encodeURIComponent(from)}`;
      return { kind, ...firstOf(await ask(client, bot, query), 'incoming_phone_numbers', from) };
    }
    case 'shortCode': {
      const query = `SMS/ShortCodes?ShortCode=${encodeURIComponent(from)}`;
      return { kind, ...firstOf(await ask(client, bot, query), 'short_codes', from) };
    }
    case 'service': {
      const answer = await client.service(bot, 'GET', from);
      if (answer.kind === 'refused' && answer.status === 404) throw unknownSender(from);
      return { kind, sid: from, name: asText(expectTaken(answer, bot).friendly_name) };
    }
    default:
      return { kind: 'name', sid: null, name: from };
  }
}

const ask = async (client: SmsClient, bot: ChannelBot, path: string): Promise<JsonRecord> =>
  expectTaken(await client.account(bot, 'GET', path), bot);

function firstOf(body: JsonRecord, list: string, from: string): Omit<Sender, 'kind'> {
  const found: unknown = Array.isArray(body[list]) ? body[list][0] : undefined;
  if (typeof found !== 'object' || found === null || !('sid' in found)) throw unknownSender(from);
  return { sid: asText(found.sid), name: 'friendly_name' in found ? asText(found.friendly_name) : null };
}

const unknownSender = (from: string): Problem => fieldProblem('credentials.from', 'sender_unknown', { sender: from });

/** An empty address: nowhere. */
function pointTo(client: SmsClient, bot: ChannelBot, { kind, sid }: Sender, address: string): Promise<Answer> {
  const url = address === '' ? '' : address + COMES_AGAIN;
  switch (kind) {
    case 'service':
      return client.service(bot, 'POST', sid ?? '', {
        InboundRequestUrl: url,
        InboundMethod: 'POST',
        UseInboundWebhookOnNumber: 'false',
      });
    case 'shortCode':
      return client.account(bot, 'POST', `SMS/ShortCodes/${sid}`, { SmsUrl: url, SmsMethod: 'POST' });
    default:
      return client.account(bot, 'POST', `IncomingPhoneNumbers/${sid}`, { SmsUrl: url, SmsMethod: 'POST' });
  }
}

const said = ({ code, status, message }: Answer & { kind: 'refused' }): string => words(code ?? status, message);

/** The answer's body; what is wrong with the token or the API root otherwise. */
function expectTaken(answer: Answer, bot: ChannelBot): JsonRecord {
  if (answer.kind === 'taken') return answer.body;
  switch (answer.kind) {
    case 'refused':
      if (answer.status === 401 || answer.code === 20003) throw fieldProblem('credentials.authToken', 'token_refused');
      if (answer.status === 429) throw new Problem('platform_busy', { seconds: answer.retryAfter ?? 1 });
      throw new Problem('platform_refused', { reason: said(answer) });
    case 'not_an_api':
    case 'no_answer':
      throw unheardProblem(answer, apiRootOf(bot));
    default:
      return answer satisfies never;
  }
}
