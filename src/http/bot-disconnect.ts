// Disconnecting a bot: the platform is told to send no more, the credentials are erased, its people can be written to no
// more, and what waits to go over it is ended. The row stays, so that figures of the past can be read and the same
// account can come back.
import type { Channel } from '../domain/channel.ts';
import { type Bot, listEveryBot, sealSecrets, toChannelBot, updateBot } from '../store/bots.ts';
import { closeConnections, skipWhatIsPlanned } from '../store/disconnect.ts';
import { newToken } from '../store/secrets.ts';
import type { HttpDeps } from './deps.ts';

export async function disconnectBot(deps: HttpDeps, bot: Bot): Promise<void> {
  // A restored copy leaves the platform alone: there the bot is the original's.
  if (await deps.instance.isConfirmed()) await tellPlatform(deps, deps.channels.get(bot.channel), bot);
  await updateBot(deps.db, bot.id, {
    status: 'disconnected',
    webhookState: 'none',
    secrets: sealSecrets(deps.keyring, { credentials: {}, webhookSecret: newToken() }),
  });
  // From here on nothing new is sent or taken in; the rest may take its time.
  deps.bus.publish('bot', { id: bot.id });
  await finish(deps, bot.id);
  deps.bus.publish('live');
}

/** Called once at the start: ends what a process that died left half done. */
export async function resumeDisconnecting(deps: HttpDeps): Promise<void> {
  for (const bot of await listEveryBot(deps.db)) if (bot.status === 'disconnected') await finish(deps, bot.id);
}

async function finish({ db, now }: HttpDeps, botId: number): Promise<void> {
  await closeConnections(db, botId, now());
  await skipWhatIsPlanned(db, botId, now());
}

/** A platform that does not answer, or refuses the token by now, keeps nobody from disconnecting. */
async function tellPlatform(deps: HttpDeps, channel: Channel | undefined, bot: Bot): Promise<void> {
  try {
    await channel?.disconnect?.(toChannelBot(bot, deps.keyring, deps.config.apiRoots));
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    deps.log.warn({ event: 'bot.platform_not_told', bot: bot.publicId, reason });
  }
}
