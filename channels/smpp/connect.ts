// Checks the form and binds once, to see whether the centre lets us in. What is wrong is told as a Problem that names the
// field of the form.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, type Problem } from '../../src/domain/problem.ts';
import { checkRoot, notReached } from '../lib/api-root.ts';
import { checkCredentials } from '../lib/credentials.ts';
import { NoAnswer } from '../lib/http.ts';
import { CREDENTIALS } from './capabilities.ts';
import { BindRefused, openSession } from './session.ts';
import { centreOf, phoneOf } from './settings.ts';

const ALREADY_BOUND = 0x05;

export async function check(allowPrivate: (origin: string) => boolean, bot: ChannelBot): Promise<BotAccount> {
  checkForm(bot);
  try {
    const session = await openSession({ bot, role: 'transmitter', allowPrivate });
    session.end();
  } catch (error) {
    // That there is a session already says that the credentials are right.
    if (!(error instanceof BindRefused && error.status === ALREADY_BOUND)) throw problemOf(error, bot);
  }
  const { systemId = '', from = '' } = bot.credentials;
  const number = phoneOf(from.replace('+', ''));
  const canAnswer = /^\+?[0-9]+$/.test(from);
  return {
    externalId: `${systemId}/${from}`,
    name: bot.name || from,
    username: from,
    picture: null,
    // Nobody can write to a name.
    link: canAnswer ? `sms:${number}?&body=START%20{ref}` : null,
  };
}

export async function connect(allowPrivate: (origin: string) => boolean, bot: ChannelBot): Promise<BotProfile> {
  return { ...(await check(allowPrivate, bot)), webhook: 'polling' };
}

function checkForm(bot: ChannelBot): void {
  checkCredentials(bot, CREDENTIALS);
  const { credentials, apiRoot } = bot;
  const port = Number(credentials.port || 1);
  if (port < 1 || port > 65_535) throw fieldProblem('credentials.port', 'credential_wrong', { field: 'port' });
  if (apiRoot !== null) checkRoot(apiRoot);
}

export function problemOf(error: unknown, bot: ChannelBot): Problem {
  const { host, port, field } = centreOf(bot);
  const address = `${host}:${port}`;
  if (error instanceof BindRefused) {
    const reason = `bind 0x${error.status.toString(16).padStart(2, '0')}`;
    return [0x0d, 0x0e, 0x0f].includes(error.status)
      ? fieldProblem('credentials.password', 'login_refused')
      : fieldProblem(field, 'platform_refused', { reason });
  }
  return notReached(field, address, error instanceof NoAnswer ? error.code : 'UNKNOWN');
}
