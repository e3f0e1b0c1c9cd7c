// Checks a token with the platform, reads the bot's profile, and has updates sent to us where we can be reached. What
// is wrong is told as a Problem that names the field of the form.
import type { BotAccount, BotProfile, ChannelBot } from '../../src/domain/channel.ts';
import { fieldProblem, Problem } from '../../src/domain/problem.ts';
import { checkRoot, unheardProblem } from '../lib/api-root.ts';
import { words } from '../lib/json-api.ts';
import { TOKEN_PATTERN } from './capabilities.ts';
import { apiRootOf, type CallFailure, failureOf, type TelegramClient } from './client.ts';
import { ALLOWED_UPDATES } from './parse.ts';

const MAX_PICTURE_BYTES = 48 * 1024;
const PICTURE_SIDE = 160;
const WEBHOOK_CONNECTIONS = 40;

/** Who the token belongs to; asks, and changes nothing. */
export async function check(client: TelegramClient, bot: ChannelBot): Promise<BotAccount> {
  const token = bot.credentials.token ?? '';
  if (token === '') throw fieldProblem('credentials.token', 'token_missing');
  if (!new RegExp(TOKEN_PATTERN).test(token)) throw fieldProblem('credentials.token', 'token_shape');
  checkRoot(apiRootOf(bot));

  const me = await client
    .api(bot)
    .getMe()
    .catch((error: unknown) => {
      throw problemOf(failureOf(error), bot);
    });
  return {
    externalId: String(me.id),
    name: me.first_name,
    username: me.username,
    picture: await readPicture(client, bot, me.id),
    link: `https://t.me/${me.username}?start={ref}`,
  };
}

export async function connect(client: TelegramClient, bot: ChannelBot, webhookUrl: string | null): Promise<BotProfile> {
  const account = await check(client, bot);
  // Without a public https address the platform cannot call us: `listen` asks it instead.
  if (!webhookUrl?.startsWith('https:')) return { ...account, webhook: 'polling' };
  await client
    .api(bot)
    .setWebhook(webhookUrl, {
      secret_token: bot.webhookSecret,
      allowed_updates: ALLOWED_UPDATES,
      max_connections: WEBHOOK_CONNECTIONS,
    })
    .catch((error: unknown) => {
      throw webhookProblem(failureOf(error), bot, webhookUrl);
    });
  return { ...account, webhook: 'set' };
}

/** What is wrong with the token or the API root. */
export function problemOf(failure: CallFailure, bot: ChannelBot): Problem {
  switch (failure.kind) {
    case 'refused':
      if (failure.code === 401 || failure.code === 404) return fieldProblem('credentials.token', 'token_refused');
      if (failure.code === 429) return new Problem('platform_busy', { seconds: failure.retryAfter ?? 1 });
      return fieldProblem('apiRoot', 'platform_refused', { reason: said(failure) });
    case 'not_an_api':
    case 'no_answer':
      return unheardProblem(failure, apiRootOf(bot));
    default:
      return failure satisfies never;
  }
}

const said = ({ code, description }: { code: number; description: string }): string => words(code, description);

function webhookProblem(failure: CallFailure, bot: ChannelBot, url: string): Problem {
  if (failure.kind !== 'refused' || failure.code !== 400) return problemOf(failure, bot);
  return fieldProblem('publicUrl', 'webhook_refused', { address: new URL(url).origin, reason: said(failure) });
}

/** A small picture as a data URL. A bot without one, or one that cannot be read, simply has none. */
async function readPicture(client: TelegramClient, bot: ChannelBot, id: number): Promise<string | null> {
  try {
    const api = client.api(bot);
    const { photos } = await api.getUserProfilePhotos(id, { limit: 1 });
    const sizes = photos[0] ?? [];
    const size = sizes.find(({ width }) => width >= PICTURE_SIDE) ?? sizes.at(-1);
    if (!size) return null;
    const { file_path: path } = await api.getFile(size.file_id);
    if (!path) return null;
    const bytes = await client.download(bot, path, MAX_PICTURE_BYTES);
    return bytes
      ? `data:${path.endsWith('.png') ? 'image/png' : 'image/jpeg'};base64,${bytes.toString('base64')}`
      : null;
  } catch {
    return null;
  }
}
