// Renews the credentials of bots whose platforms let them end. The new ones are saved as the old ones were, encrypted, and only
// in the place of those they were made from: whoever replaced them meanwhile knows better.
import type { Bus } from './bus.ts';
import type { Channel } from './domain/channel.ts';
import { Problem } from './domain/problem.ts';
import { isDue, newRenewal, type RenewalState } from './domain/renewal.ts';
import type { Logger } from './log.ts';
import { type Bot, listBots, openSecrets, replaceSecrets, sealSecrets, toChannelBot } from './store/bots.ts';
import type { Database } from './store/database.ts';
import { holdJob, releaseJob } from './store/job-lease.ts';
import type { Keyring } from './store/secrets.ts';

export interface RenewalDeps {
  db: Database;
  keyring: Keyring;
  channels: ReadonlyMap<string, Channel>;
  config: { apiRoots: Readonly<Record<string, string>> };
  bus: Bus;
  log: Logger;
  now: () => number;
  /** Names this process. */
  owner: string;
}

const JOB = 'renewal';
/** Longer than a look takes: two processes with one token would each make the other's worthless. */
const LEASE_MS = 10 * 60_000;

/** One look at every bot; answers how many got new credentials. A bot that fails holds up no other. */
export async function renewCredentials(deps: RenewalDeps, signal?: AbortSignal): Promise<number> {
  const { db, owner } = deps;
  if (!(await holdJob(db, { name: JOB, owner, ms: LEASE_MS }))) return 0;
  try {
    return await lookAtAll(deps, signal);
  } finally {
    await releaseJob(db, { name: JOB, owner });
  }
}

async function lookAtAll(deps: RenewalDeps, signal?: AbortSignal): Promise<number> {
  let renewed = 0;
  for (const bot of await listBots(deps.db)) {
    const renewal = deps.channels.get(bot.channel)?.renewal;
    if (signal?.aborted || !renewal || bot.status === 'disconnected') continue;
    const known = bot.settings.renewal;
    const state = known ?? newRenewal(deps.now());
    if (isDue(state, renewal, deps.now())) renewed += (await renew(deps, bot, renewal, state)) ? 1 : 0;
    else if (!known) await replaceSecrets(deps.db, bot, { renewal: state });
  }
  return renewed;
}

async function renew(
  { db, keyring, config, bus, log, now }: RenewalDeps,
  bot: Bot,
  renewal: NonNullable<Channel['renewal']>,
  before: RenewalState,
): Promise<boolean> {
  const at = now();
  try {
    const fresh = await renewal.renew(toChannelBot(bot, keyring, config.apiRoots));
    if (fresh === null) {
      // These do not end; it is asked again now and then, for they may be replaced by such as do.
      await replaceSecrets(db, bot, { renewal: { ...before, triedAt: at, failed: null } });
      return false;
    }
    const { credentials, webhookSecret } = openSecrets(keyring, bot);
    const secrets = sealSecrets(keyring, { credentials: { ...credentials, ...fresh.credentials }, webhookSecret });
    const state = { since: at, endsAt: fresh.endsAt, triedAt: at, failed: null };
    const saved = await replaceSecrets(db, bot, { secrets, renewal: state });
    log.info({ event: 'bot.renewed', bot: bot.publicId, endsAt: new Date(fresh.endsAt).toISOString(), saved });
    return saved;
  } catch (error) {
    const failed = reasonOf(error);
    log.warn({ event: 'bot.not_renewed', bot: bot.publicId, reason: failed });
    await replaceSecrets(db, bot, { renewal: { ...before, triedAt: at, failed } });
    return false;
  } finally {
    bus.publish('bot', { id: bot.id });
  }
}

const WORDS_MAX = 200;

/** A channel says in a Problem what a person can mend; of anything else only the kind is told. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Problem)) return error instanceof Error ? error.name : 'unknown';
  const [{ code, params } = error] = error.fields;
  return [code, ...Object.values(params ?? {})].join(' ').slice(0, WORDS_MAX);
}
