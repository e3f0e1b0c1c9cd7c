// Makes a checked account a bot of ours. The row is there before the platform is told where to call: many platforms try
// the address at once, and whoever answers them must know the bot. When they refuse, it is as if nobody had asked.
import type { Channel, ChannelBot } from '../domain/channel.ts';
import {
  type Bot,
  type BotProfileInfo,
  type BotSettings,
  insertBot,
  sealSecrets,
  toChannelBot,
  updateBot,
} from '../store/bots.ts';
import { reopenConnections } from '../store/disconnect.ts';
import { newToken } from '../store/secrets.ts';
import { askPlatform } from './bot-connect.ts';
import type { HttpDeps } from './deps.ts';

export type EstablishDeps = Pick<HttpDeps, 'db' | 'keyring' | 'bus' | 'now' | 'log'> & {
  config: Pick<HttpDeps['config'], 'apiRoots'>;
};

export interface NewAccount {
  channel: Channel;
  /** Who the platform says it is. */
  externalId: string;
  name: string;
  profile: BotProfileInfo;
  credentials: Readonly<Record<string, string>>;
  settings: BotSettings;
  /** The same account, connected once before. */
  known: Bot | null;
  publicId?: string;
}

/** Answers the connected bot; throws the platform's refusal, and then no bot is shown. */
export async function establishBot(
  deps: EstablishDeps,
  account: NewAccount,
  /** Where the platform calls, by the unguessable part of the address; null: nowhere. */
  webhookUrl: (key: string) => string | null,
): Promise<Bot> {
  const { db, bus, now } = deps;
  const row = await seat(deps, account);
  bus.publish('bot', { id: row.id });
  try {
    const asked = toChannelBot(row, deps.keyring, deps.config.apiRoots);
    const { username, picture, link, webhook } = await askPlatform(deps, account.channel, (it) =>
      it.connect(asked, webhookUrl(row.webhookKey)),
    );
    const change = { status: 'connected', webhookState: webhook, profile: { username, picture, link } } as const;
    const bot = await updateBot(db, row.id, change);
    if (account.known) await reopenConnections(db, row.id, now());
    return bot ?? row;
  } catch (error) {
    await updateBot(db, row.id, { status: 'disconnected', webhookState: 'none', secrets: noSecrets(deps) });
    throw error;
  } finally {
    bus.publish('bot', { id: row.id });
  }
}

/** Paused: it takes in, and sends nothing yet. */
async function seat(deps: EstablishDeps, account: NewAccount): Promise<Bot> {
  const { db, keyring, now } = deps;
  const { channel, externalId, name, profile, settings, known, publicId } = account;
  const secrets = { credentials: { ...account.credentials }, webhookSecret: newToken() };
  const row =
    known ??
    (await insertBot(db, keyring, {
      channel: channel.name,
      externalId,
      name,
      secrets,
      settings,
      profile,
      webhookState: 'none',
      ...(publicId === undefined ? {} : { publicId }),
      now: now(),
    }));
  const change = {
    name,
    profile,
    settings: { ...row.settings, ...settings },
    secrets: sealSecrets(keyring, secrets),
    status: 'paused' as const,
  };
  return (await updateBot(db, row.id, change)) ?? row;
}

const noSecrets = ({ keyring }: EstablishDeps): string =>
  sealSecrets(keyring, { credentials: {}, webhookSecret: newToken() });

/**
 * New credentials or a new address for a bot that goes on. The row has them while the platform is asked, for the same
 * reason as above, and takes the old ones back when it refuses.
 */
export async function reestablishBot(
  deps: EstablishDeps,
  { bot, channel, account }: { bot: Bot; channel: Channel; account: ChannelBot },
  webhookUrl: string | null,
): Promise<Pick<Bot, 'profile' | 'webhookState' | 'status'>> {
  const { db, bus } = deps;
  const { credentials, webhookSecret, apiRoot } = account;
  await updateBot(db, bot.id, {
    secrets: sealSecrets(deps.keyring, { credentials: { ...credentials }, webhookSecret }),
  });
  bus.publish('bot', { id: bot.id });
  try {
    const { username, picture, link, webhook } = await askPlatform(deps, channel, (it) =>
      it.connect({ ...account, apiRoot }, webhookUrl),
    );
    return {
      profile: { username, picture, link },
      webhookState: webhook,
      status: bot.status === 'paused' ? 'paused' : 'connected',
    };
  } catch (error) {
    await updateBot(db, bot.id, { secrets: bot.secrets });
    bus.publish('bot', { id: bot.id });
    throw error;
  }
}
