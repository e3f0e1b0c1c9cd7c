// `herald doctor`: looks at everything the server stands on, whether it runs or not, and changes nothing. One finding
// comes after the other, so that a slow messenger does not hold back what is known already.
import { existsSync } from 'node:fs';
import { knownKey, openChannels } from './boot.ts';
import type { Config } from './config.ts';
import type { Channel } from './domain/channel.ts';
import {
  databaseAway,
  type Diagnosis,
  judgeAddress,
  judgeBot,
  judgeClock,
  judgeDatabase,
  judgeDisk,
  judgeFolder,
  judgeInstance,
  judgeKey,
  judgeMigrations,
  judgePort,
  judgeRedis,
  judgeRetention,
  judgeSenders,
  judgeServer,
  judgeWork,
  noDatabase,
  sayConfig,
  sayWait,
} from './domain/diagnosis.ts';
import { doubt } from './domain/instance.ts';
import { simulatorOrigins } from './domain/simulator.ts';
import { probeAddress, probeBot, probeFolder, probeRedis } from './doctor-probes.ts';
import { toRows } from './http/mailing-view.ts';
import { type Language, translate } from './i18n.ts';
import { readInstanceFile } from './instance-file.ts';
import { type Bot, listBots, toChannelBot } from './store/bots.ts';
import { campaignsIn } from './store/campaigns.ts';
import { databaseNow } from './store/clock.ts';
import { type Database, isMysql, openDatabase, sqliteFile } from './store/database.ts';
import { readFindings } from './store/findings.ts';
import { readInstance } from './store/instance.ts';
import { pendingMigrations } from './store/migrate.ts';
import { type Keyring, openKeyring } from './store/secrets.ts';
import { liveSenders } from './store/senders.ts';
import { readSetting, readWorkspace } from './store/settings.ts';
import { findTroubles } from './store/troubles.ts';
import { readVersion } from './store/version.ts';

const HOUR_MS = 3_600_000;

export async function* examine(config: Config, language: Language): AsyncGenerator<Diagnosis> {
  yield sayConfig();
  const { writable, freeBytes } = probeFolder(config.dataFolder);
  yield judgeFolder({ folder: config.dataFolder, writable });
  yield judgeDisk({ freeBytes });
  const isRunning = (await probeAddress(`http://127.0.0.1:${config.port}`)) === 'herald';
  yield judgeServer({ port: config.port, answers: isRunning });
  yield* examineRedis(config);
  const file = sqliteFile(config.databaseUrl);
  if (file !== null && !existsSync(file)) return yield noDatabase();
  const db = openDatabase(config.databaseUrl);
  try {
    yield* examineDatabase(db);
    const pending = await pendingMigrations(db);
    yield judgeMigrations({ pending });
    // What is asked from here on needs the tables as this version knows them.
    if (pending.length > 0) return;
    const keyring = yield* examineKey(config, db);
    yield* examineWork(config, db, language);
    yield* examineAddress(config, db, isRunning);
    if (keyring) yield* examineBots(config, db, keyring, isRunning);
    yield judgeRetention({ days: (await readWorkspace(db)).retentionDays });
  } catch (error) {
    yield databaseAway((error as { code?: string }).code ?? String(error));
  } finally {
    await db.destroy();
  }
}

async function* examineRedis({ redisUrl }: Config): AsyncGenerator<Diagnosis> {
  if (redisUrl === null) return yield judgeRedis({ ms: null });
  const answer = await probeRedis(redisUrl);
  yield judgeRedis(answer);
  if ('differenceMs' in answer) yield judgeClock({ name: 'Redis', differenceMs: answer.differenceMs });
}

async function* examineDatabase(db: Database): AsyncGenerator<Diagnosis> {
  const version = await readVersion(db);
  const start = performance.now();
  const there = await databaseNow(db);
  const ms = performance.now() - start;
  yield judgeDatabase({ ...version, ms });
  // Asked in the middle of the round trip, as far as we can tell. A file has no clock of its own.
  if (isMysql(db)) yield judgeClock({ name: version.kind, differenceMs: Date.now() - ms / 2 - there });
}

async function* examineKey(config: Config, db: Database): AsyncGenerator<Diagnosis, Keyring | null> {
  const sealed = await readSetting<string>(db, 'key_check');
  const key = knownKey(config);
  if (key === null) {
    // A database nobody has started a server on has nothing to open yet.
    yield judgeKey({ key: sealed === null ? 'opens' : 'missing' });
    return null;
  }
  try {
    const keyring = openKeyring(key);
    if (sealed !== null) keyring.decrypt(sealed);
    yield judgeKey({ key: 'opens' });
    return keyring;
  } catch {
    yield judgeKey({ key: 'wrong' });
    return null;
  }
}

async function* examineWork(config: Config, db: Database, language: Language): AsyncGenerator<Diagnosis> {
  const stored = await readInstance(db);
  const claim = config.instanceId
    ? ({ from: 'variable', id: config.instanceId } as const)
    : readInstanceFile(config.dataFolder);
  const isSure = stored === null || doubt(stored.id, claim) === null;
  yield judgeInstance({ isSure });
  const open = [...(await campaignsIn(db, 'sending')), ...(await campaignsIn(db, 'scheduled'))];
  const sending = open.filter(({ state, dueAt }) => state === 'sending' || (dueAt ?? Infinity) < Date.now());
  const senders = await liveSenders(db);
  yield judgeSenders({ hosts: senders.map(({ host }) => host), mailings: sending.length });
  const findings = await readFindings(db);
  yield* judgeWork({
    ...(await findTroubles(db, Date.now())),
    stuck: findings.map(({ kind, host }) => translate(language, `server:stuck.${kind}`, { host })),
  });
  const instance = { isConfirmed: async () => isSure };
  const rows = await toRows({ db, channels: openChannels(config, db), now: Date.now, instance }, open, language);
  for (const { name, waiting } of rows) if (waiting) yield sayWait(name, waiting.text);
}

async function* examineAddress(config: Config, db: Database, isRunning: boolean): AsyncGenerator<Diagnosis> {
  const url = (await readWorkspace(db)).publicUrl ?? config.publicUrl;
  yield judgeAddress({ url, answer: url === null ? 'other' : await probeAddress(url), isRunning });
}

/** All at once: each may take its deadline. */
async function* examineBots(
  config: Config,
  db: Database,
  keyring: Keyring,
  isRunning: boolean,
): AsyncGenerator<Diagnosis> {
  const bots = await listBots(db);
  // The server trusts the simulators it started; which those are is known only by the bots connected to them.
  const simulators = simulatorOrigins(bots);
  const channels = openChannels(config, db, { isTrusted: (origin) => simulators.has(origin) });
  yield* await Promise.all(bots.map((bot) => examineBot(bot, channels, keyring, config)));
  for (const { name, sharedPort } of channels.values()) {
    const own = bots.filter(({ channel, webhookState }) => channel === name && webhookState === 'polling');
    if (!sharedPort || own.length === 0) continue;
    const answer = await sharedPort.probe();
    yield judgePort({ port: sharedPort.port, answer, isRunning, bots: own.map((bot) => bot.name) });
  }
}

async function examineBot(
  bot: Bot,
  channels: ReadonlyMap<string, Channel>,
  keyring: Keyring,
  { apiRoots }: Config,
): Promise<Diagnosis> {
  const isRecent = bot.lastErrorAt !== null && bot.lastErrorAt > Date.now() - HOUR_MS;
  const isLast = (bot.lastErrorAt ?? 0) > (bot.lastOutboundAt ?? 0);
  const channel = channels.get(bot.channel);
  return judgeBot({
    name: bot.name,
    status: bot.status,
    webhookState: bot.webhookState,
    needsWebhook: channel?.capabilities.inbound.includes('webhook') ?? false,
    answer: await probeBot(channel, toChannelBot(bot, keyring, apiRoots)),
    lastError: isRecent && isLast ? bot.lastError : null,
  });
}
