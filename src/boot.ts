// What the server and the command line open alike: configuration, key, database, channels. Everything that can be
// wrong from outside stops here with a Problem that names it.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createChannels } from '../channels/index.ts';
import type { Config } from './config.ts';
import type { Channel } from './domain/channel.ts';
import { Problem } from './domain/problem.ts';
import { pickLanguage, translate } from './i18n.ts';
import { type Database, openDatabase } from './store/database.ts';
import { createMailbox, type MailboxNews } from './store/mailbox.ts';
import { readMedia } from './store/media.ts';
import { migrate } from './store/migrate.ts';
import { type Keyring, openKeyring } from './store/secrets.ts';
import { settle } from './store/settings.ts';

export interface House {
  config: Config;
  db: Database;
  keyring: Keyring;
  channels: ReadonlyMap<string, Channel>;
}

const ROOT = fileURLToPath(new URL('../', import.meta.url)).replace(/[\\/]dist[\\/]$/, '/');

/** Where the built pages lie, whether this runs from the sources or from the build. */
export const ASSETS = { admin: join(ROOT, 'dist/admin'), widget: join(ROOT, 'dist/widget') };

const KEY_FILE = 'secret.key';

/** The key from the environment, else from the data folder, where one is made on the first start. */
function secretKey(config: Config): string {
  const known = knownKey(config);
  if (known !== null) return known;
  const path = join(config.dataFolder, KEY_FILE);
  makeKey(config.dataFolder, path);
  return readFileSync(path, 'utf8').trim();
}

/** Null where there is none yet. */
export function knownKey(config: Config): string | null {
  if (config.secretKey) return config.secretKey;
  const path = join(config.dataFolder, KEY_FILE);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}

/** Whole or not at all, and never over another: of two processes that start at once, both read the key of one. */
function makeKey(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch {
    // There is one by now, or the disk knows no links.
    if (!existsSync(path)) renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Host and database of an address, without user and password. */
const withoutSecrets = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');

async function open(config: Config): Promise<Database> {
  const db = openDatabase(config.databaseUrl);
  try {
    await db.raw('select 1');
    return db;
  } catch (error) {
    await db.destroy();
    const { code } = error as { code?: string };
    throw new Problem('database_unreachable', {
      address: withoutSecrets(config.databaseUrl),
      reason: code ?? 'no answer',
    });
  }
}

/** A database remembers which key it was made with, so that a lost key is told at the start and not at the first send. */
async function checkKey(db: Database, keyring: Keyring): Promise<void> {
  const sealed = await settle(db, 'key_check', keyring.encrypt('herald'));
  try {
    keyring.decrypt(sealed);
  } catch {
    throw new Problem('secret_key_wrong');
  }
}

export interface HouseOptions {
  /** Told of every website chat that got a message. */
  announce?: (news: MailboxNews) => void;
  /** Origins beyond those of the environment that may lie on a private network: the simulator's. */
  isTrusted?: (origin: string) => boolean;
  /** Once it is aborted no channel waits for an answer any more. */
  hangUp?: AbortSignal;
}

export function openChannels(config: Config, db: Database, options: HouseOptions = {}): ReadonlyMap<string, Channel> {
  const named = new Set(Object.values(config.apiRoots).map((root) => new URL(root).origin));
  return createChannels({
    readMedia: (publicId) => readMedia(db, publicId),
    mailbox: createMailbox(db, options.announce),
    allowPrivateAddresses: config.allowPrivateAddresses,
    isTrusted: (origin) => named.has(origin) || (options.isTrusted?.(origin) ?? false),
    hangUp: options.hangUp,
    now: Date.now,
    mail: config.mail,
    translate,
  });
}

export async function openHouse(config: Config, options: HouseOptions = {}): Promise<House> {
  const db = await open(config);
  try {
    await migrate(db);
    const keyring = openKeyring(secretKey(config));
    await checkKey(db, keyring);
    return { config, db, keyring, channels: openChannels(config, db, options) };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** A Problem as lines for a terminal, in the language of the terminal; anything else is a bug and keeps its stack. */
export function complain(error: unknown, language: string | undefined): string {
  if (!(error instanceof Problem)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const words = pickLanguage(language);
  const lines = error.fields.map(
    (field) => `  ${field.path}: ${translate(words, `problems:${field.code}`, field.params)}`,
  );
  return [translate(words, `problems:${error.code}`, error.params), ...lines].join('\n');
}
