// The server's address changed: the platforms are told where to call now, each bot by itself, so that one platform
// that does not answer holds up no other. Bots that were polled stop being polled, and the other way round.
import { Problem } from '../domain/problem.ts';
import { type Bot, listBots, recordBotHealth, toChannelBot, webhookPath } from '../store/bots.ts';
import { askPlatform } from './bot-connect.ts';
import type { HttpDeps } from './deps.ts';
import { sentence } from './problems.ts';

/** Never rejects: what fails is written beside the bot. */
export async function moveWebhooks(deps: HttpDeps, base: string | null): Promise<void> {
  try {
    // A restored copy would take the updates away from the original.
    if (!(await deps.instance.isConfirmed())) return;
    const bots = (await listBots(deps.db)).filter(
      ({ webhookState, settings }) => webhookState !== 'none' && !settings.simulated,
    );
    await Promise.all(bots.map((bot) => moveOne(deps, bot, base)));
  } catch (error) {
    deps.log.error({ event: 'webhooks.not_moved', err: error });
  }
}

async function moveOne(deps: HttpDeps, bot: Bot, base: string | null): Promise<void> {
  const { db, keyring, config, now, bus, log } = deps;
  const channel = deps.channels.get(bot.channel);
  if (!channel) return;
  try {
    const url = base === null ? null : base + webhookPath(bot.webhookKey);
    const { webhook } = await askPlatform(deps, channel, ({ connect }) =>
      connect(toChannelBot(bot, keyring, config.apiRoots), url),
    );
    await recordBotHealth(db, bot.id, { webhookState: webhook });
  } catch (error) {
    const code = error instanceof Problem ? error.code : 'unexpected';
    const [fault] = error instanceof Problem ? error.fields : [];
    log.warn({ event: 'webhook.not_moved', bot: bot.publicId, code });
    await recordBotHealth(db, bot.id, {
      lastErrorAt: now(),
      lastError: sentence('en', fault?.code ?? code, fault?.params),
    });
  }
  bus.publish('bot', { id: bot.id });
}
