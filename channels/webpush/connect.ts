// There is no platform to ask: a bot is its pair of keys, and its page is ours. What is wrong is told as a Problem that names the
// field of the form.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem } from '../../src/domain/problem.ts';
import { checkCredentials } from '../lib/credentials.ts';
import { checkRoot } from '../lib/api-root.ts';
import { CREDENTIALS } from './capabilities.ts';
import { isPair } from './keys.ts';
import { PAGE } from './serve.ts';

export function accountOf(bot: ChannelBot): BotAccount {
  checkCredentials(bot, CREDENTIALS);
  if (bot.apiRoot !== null) checkRoot(bot.apiRoot);
  const { publicKey, privateKey } = bot.credentials;
  // Before a bot is connected there may be none; one of two is a mistake.
  if (publicKey !== undefined || privateKey !== undefined) {
    if (publicKey === undefined)
      throw fieldProblem('credentials.publicKey', 'credential_missing', { field: 'publicKey' });
    if (privateKey === undefined || !isPair(publicKey, privateKey))
      throw fieldProblem('credentials.privateKey', 'keys_no_pair');
  }
  return {
    externalId: publicKey ?? bot.publicId,
    name: bot.name || new URL(`https://${hostOf(bot)}`).hostname,
    username: null,
    picture: null,
    link: null,
  };
}

const hostOf = ({ credentials }: ChannelBot): string =>
  (credentials.contact ?? '').replace(/^(?:mailto:)?[^@/]*@|^https:\/\//, '').replace(/[/?#].*$/, '');

export function connect(bot: ChannelBot, webhookUrl: string | null): BotProfile {
  const account = accountOf(bot);
  if (webhookUrl === null) return { ...account, webhook: 'none' };
  // Pages and reports of a bot live beside each other, below the same unguessable name.
  const link = `${webhookUrl.replace('/webhooks/', '/channels/')}/${PAGE}?ref={ref}`;
  return { ...account, link, webhook: 'set' };
}
