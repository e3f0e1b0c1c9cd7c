// Bots: one row per connected account of a channel. Credentials are stored encrypted and opened only into a ChannelBot.
import type { ChannelBot } from '../domain/channel.ts';
import type { RenewalState } from '../domain/renewal.ts';
import type { Database } from './database.ts';
import { newPublicId, readJson } from './database.ts';
import { type Keyring, newToken } from './secrets.ts';
import { transact } from './transact.ts';

/** A disconnected bot is kept for the figures of what went over it, and is shown and used no more. */
const BOT_STATUSES = ['connected', 'attention', 'paused', 'disconnected'] as const;
export type BotStatus = (typeof BOT_STATUSES)[number];
export type WebhookState = 'set' | 'polling' | 'manual' | 'none';

export interface BotSettings {
  /** Where this bot's platform is, when not where the channel says. */
  apiRoot?: string | null;
  /** Messages a second; null: the channel's own limit. */
  rate?: number | null;
  /** Messages a month that the platform's own terms leave free, where it charges for some; null: not known. */
  monthlyFree?: number | null;
  simulated?: boolean;
  /** Where credentials end after a while; absent: not looked at yet since they were given. */
  renewal?: RenewalState;
  /** How often the secret was renewed that a website signs its users' ids with. */
  secretRenewals?: number;
  widget?: { origins: string[]; title: string; color: string };
}

export interface BotProfileInfo {
  username: string | null;
  picture: string | null;
  /** Subscription link; `{ref}` stands for a campaign tag. */
  link: string | null;
}

export interface Bot {
  id: number;
  publicId: string;
  channel: string;
  externalId: string;
  name: string;
  /** Encrypted; opened by `openSecrets` and `toChannelBot`. */
  secrets: string;
  settings: BotSettings;
  profile: BotProfileInfo;
  status: BotStatus;
  /** The unguessable part of the bot's webhook address. */
  webhookKey: string;
  webhookState: WebhookState;
  lastInboundAt: number | null;
  lastOutboundAt: number | null;
  lastErrorAt: number | null;
  lastError: string | null;
  createdAt: number;
}

interface BotRow {
  id: number;
  public_id: string;
  channel: string;
  external_id: string;
  name: string;
  secrets: string;
  settings: unknown;
  profile: unknown;
  status: BotStatus;
  webhook_key: string;
  webhook_state: WebhookState;
  last_inbound_at: number | null;
  last_outbound_at: number | null;
  last_error_at: number | null;
  last_error: string | null;
  created_at: number;
}

const toBot = (row: BotRow): Bot => ({
  id: row.id,
  publicId: row.public_id,
  channel: row.channel,
  externalId: row.external_id,
  name: row.name,
  secrets: row.secrets,
  settings: readJson<BotSettings>(row.settings),
  profile: readJson<BotProfileInfo>(row.profile),
  status: row.status,
  webhookKey: row.webhook_key,
  webhookState: row.webhook_state,
  lastInboundAt: row.last_inbound_at,
  lastOutboundAt: row.last_outbound_at,
  lastErrorAt: row.last_error_at,
  lastError: row.last_error,
  createdAt: row.created_at,
});

// --- Secrets --------------------------------------------------------------------------------

export interface BotSecrets {
  credentials: Record<string, string>;
  /** Shared with the platform for webhook checks. */
  webhookSecret: string;
}

export const sealSecrets = (keyring: Keyring, secrets: BotSecrets): string => keyring.encrypt(JSON.stringify(secrets));

export const openSecrets = (keyring: Keyring, bot: Bot): BotSecrets =>
  JSON.parse(keyring.decrypt(bot.secrets)) as BotSecrets;

/** `••••1234`, or only dots where four characters would give too much away. */
export const maskSecret = (secret: string): string => `••••${secret.length >= 12 ? secret.slice(-4) : ''}`;

/** Where a platform calls us, below the public address. */
export const webhookPath = (webhookKey: string): string => `/webhooks/${webhookKey}`;

/** The bot as its channel needs it. Lives in memory only. */
export function toChannelBot(bot: Bot, keyring: Keyring, apiRoots: Readonly<Record<string, string>>): ChannelBot {
  const { credentials, webhookSecret } = openSecrets(keyring, bot);
  return {
    id: bot.id,
    publicId: bot.publicId,
    externalId: bot.externalId,
    name: bot.name,
    credentials,
    apiRoot: bot.settings.apiRoot ?? apiRoots[bot.channel] ?? null,
    webhookSecret,
  };
}

// --- Rows -----------------------------------------------------------------------------------

/** The connected ones. */
export const listBots = async (db: Database): Promise<Bot[]> =>
  (await listEveryBot(db)).filter(({ status }) => status !== 'disconnected');

/** Those that are disconnected by now among them, for figures of the past. */
export async function listEveryBot(db: Database): Promise<Bot[]> {
  return (await db<BotRow>('bots').orderBy('id')).map(toBot);
}

export async function getBot(db: Database, publicId: string): Promise<Bot | null> {
  const row = await db<BotRow>('bots').where({ public_id: publicId }).whereNot({ status: 'disconnected' }).first();
  return row ? toBot(row) : null;
}

export async function getBotById(db: Database, id: number): Promise<Bot | null> {
  const row = await db<BotRow>('bots').where({ id }).first();
  return row ? toBot(row) : null;
}

export async function getBotByWebhookKey(db: Database, webhookKey: string): Promise<Bot | null> {
  const row = await db<BotRow>('bots').where({ webhook_key: webhookKey }).whereNot({ status: 'disconnected' }).first();
  return row ? toBot(row) : null;
}

/** Is this account connected already, or was it once? */
export async function findBotByExternalId(db: Database, channel: string, externalId: string): Promise<Bot | null> {
  const row = await db<BotRow>('bots').where({ channel, external_id: externalId }).first();
  return row ? toBot(row) : null;
}

export interface NewBot {
  channel: string;
  externalId: string;
  name: string;
  secrets: BotSecrets;
  settings: BotSettings;
  profile: BotProfileInfo;
  webhookState: WebhookState;
  /** Given when the webhook had to be registered before the row could be written. */
  publicId?: string;
  webhookKey?: string;
  now: number;
}

const newWebhookKey = (): string => newToken();

export async function insertBot(db: Database, keyring: Keyring, bot: NewBot): Promise<Bot> {
  const row = {
    public_id: bot.publicId ?? newPublicId(),
    channel: bot.channel,
    external_id: bot.externalId,
    name: bot.name.slice(0, 200),
    secrets: sealSecrets(keyring, bot.secrets),
    settings: JSON.stringify(bot.settings),
    profile: JSON.stringify(bot.profile),
    status: 'connected' as const,
    webhook_key: bot.webhookKey ?? newWebhookKey(),
    webhook_state: bot.webhookState,
    created_at: bot.now,
  };
  const [id] = await db('bots').insert(row);
  return toBot({
    last_inbound_at: null,
    last_outbound_at: null,
    last_error_at: null,
    last_error: null,
    ...row,
    id: id!,
  });
}

export interface BotChange {
  name?: string;
  status?: BotStatus;
  settings?: BotSettings;
  profile?: BotProfileInfo;
  webhookState?: WebhookState;
  externalId?: string;
  /** From `sealSecrets`. */
  secrets?: string;
}

/**
 * New secrets, and how their renewal stands, in the place of those this bot was read with; false where it has got others
 * meanwhile. Its other settings stay as they are by then.
 */
export async function replaceSecrets(
  db: Database,
  read: Pick<Bot, 'id' | 'secrets'>,
  { secrets, renewal }: { secrets?: string; renewal: RenewalState },
): Promise<boolean> {
  return transact(db, async (trx) => {
    const row = await trx<BotRow>('bots').where({ id: read.id }).forUpdate().first();
    if (!row || row.secrets !== read.secrets) return false;
    const settings = JSON.stringify({ ...toBot(row).settings, renewal });
    await trx('bots')
      .where({ id: read.id })
      .update({ settings, ...(secrets === undefined ? {} : { secrets }) });
    return true;
  });
}

/** Changes what is given; settings and profile are replaced whole. Answers the bot, or null when there is none. */
export async function updateBot(db: Database, botId: number, change: BotChange): Promise<Bot | null> {
  const columns = {
    name: change.name,
    status: change.status,
    settings: change.settings && JSON.stringify(change.settings),
    profile: change.profile && JSON.stringify(change.profile),
    webhook_state: change.webhookState,
    external_id: change.externalId,
    secrets: change.secrets,
  };
  const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length > 0) await db('bots').where({ id: botId }).update(given);
  return getBotById(db, botId);
}

export interface BotHealth {
  lastInboundAt?: number;
  lastOutboundAt?: number;
  lastErrorAt?: number;
  /** Never holds a secret. */
  lastError?: string | null;
  status?: BotStatus;
  webhookState?: WebhookState;
}

export async function recordBotHealth(db: Database, botId: number, health: BotHealth): Promise<void> {
  const columns = {
    last_inbound_at: health.lastInboundAt,
    last_outbound_at: health.lastOutboundAt,
    last_error_at: health.lastErrorAt,
    last_error: health.lastError?.slice(0, 500) ?? health.lastError,
    status: health.status,
    webhook_state: health.webhookState,
  };
  const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length > 0) await db('bots').where({ id: botId }).update(given);
}
