// Checks the form, signs in to the mail server, and says how bounces and replies will reach us. What is wrong is told as a
// Problem that names the field of the form.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, type Problem } from '../../src/domain/problem.ts';
import { checkRoot, notReached } from '../lib/api-root.ts';
import { checkCredentials } from '../lib/credentials.ts';
import { CREDENTIALS } from './capabilities.ts';
import type { MailClient, SendFailure } from './client.ts';
import { serverOf, signingKey } from './settings.ts';
import { joinAddress } from './tag.ts';

/** Whether the server lets us in; sends nothing. */
export async function check(client: MailClient, bot: ChannelBot): Promise<BotAccount> {
  checkForm(bot);
  const failure = await client.verify(bot);
  if (failure) throw problemOf(failure, bot);
  const { from = '', fromName } = bot.credentials;
  const join = joinAddress(bot);
  return {
    externalId: from.toLowerCase(),
    name: fromName || bot.name || from,
    username: from,
    picture: null,
    link: join && `mailto:${join}?subject=START%20{ref}`,
  };
}

/** `isListening`: does this server take mail on a port of its own? */
export async function connect(client: MailClient, bot: ChannelBot, isListening: boolean): Promise<BotProfile> {
  const account = await check(client, bot);
  const { bounceAddress, inboundSecret } = bot.credentials;
  return { ...account, webhook: inboundSecret ? 'manual' : bounceAddress && isListening ? 'polling' : 'none' };
}

function checkForm(bot: ChannelBot): void {
  checkCredentials(bot, CREDENTIALS);
  const { credentials, apiRoot } = bot;
  if (apiRoot !== null) checkRoot(apiRoot);
  const { inboundSecret, joinByLetter, bounceAddress, user, password, dkimSelector, dkimKey } = credentials;
  const needed: [string, string | undefined, string | undefined][] = [
    ['bounceAddress', bounceAddress, inboundSecret || joinByLetter],
    ['password', password, user],
    ['dkimKey', dkimKey, dkimSelector],
    ['dkimSelector', dkimSelector, dkimKey],
  ];
  for (const [field, value, because] of needed)
    if (because && !value) throw fieldProblem(`credentials.${field}`, 'credential_missing', { field });
  const port = Number(credentials.port || 1);
  if (port > 65_535 || port < 1) throw fieldProblem('credentials.port', 'credential_wrong', { field: 'port' });
  if (dkimKey && signingKey(dkimKey) === null)
    throw fieldProblem('credentials.dkimKey', 'credential_wrong', { field: 'dkimKey' });
}

function problemOf({ code, reply }: SendFailure, bot: ChannelBot): Problem {
  const { host, port, field } = serverOf(bot);
  const address = `${host}:${port}`;
  if (code === 'EAUTH' || code === 'ENOAUTH') return fieldProblem('credentials.password', 'login_refused');
  return notReached(field, address, reply ? String(reply.code) : code);
}
