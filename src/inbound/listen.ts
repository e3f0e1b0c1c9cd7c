// Fetches updates for the bots whose platform cannot reach us: one `channel.listen` per such bot, in one process at a
// time, started again with growing pauses when it ends, and anew when the bot changes. An update is stored before the
// channel moves on. Also looks after receipts that came too early.
import type { Bus } from '../bus.ts';
import type { Channel, ChannelBot } from '../domain/channel.ts';
import { Problem } from '../domain/problem.ts';
import { translate } from '../i18n.ts';
import type { Instance } from '../domain/instance.ts';
import type { Logger } from '../log.ts';
import { type Bot, listBots, recordBotHealth, toChannelBot } from '../store/bots.ts';
import type { Database } from '../store/database.ts';
import { leasePolling, POLL_LEASE_MS, releasePolling } from '../store/polling.ts';
import type { Keyring } from '../store/secrets.ts';
import { openGroup } from './group.ts';
import { startLateReceipts } from './late.ts';

export interface ListenDeps {
  db: Database;
  keyring: Keyring;
  channels: ReadonlyMap<string, Channel>;
  /** Where the platforms' APIs are, by channel name. */
  config: { apiRoots: Readonly<Record<string, string>> };
  bus: Bus;
  /** A restored copy must not fetch the updates of the original's bots. */
  instance: Pick<Instance, 'isConfirmed'>;
  now: () => number;
  log: Logger;
  /** Names this process in leases; never used twice. */
  owner: string;
}

/** How soon the bots of a process that died, or one that another process connected, are noticed. Renews our own. */
const LOOK_MS = 2000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** After so long a run without a failure the pauses start small again. */
const STEADY_MS = 60_000;

type Take = (updates: readonly unknown[]) => Promise<void>;

interface Listener {
  /** What it was started with: a change starts it anew. */
  key: string;
  abort: AbortController;
  ended: Promise<void>;
}

export function startListening(deps: ListenDeps): { stop(): Promise<void> } {
  const trackingKey = deps.keyring.derive('tracking');
  const listeners = new Map<number, Listener>();
  const late = startLateReceipts(deps);
  let stopped = false;
  /** Until then the bots we listen to are surely ours. */
  let heldUntil = 0;

  const start = (bot: Bot, channel: Channel, channelBot: ChannelBot, key: string): void => {
    const abort = new AbortController();
    const group = openGroup({ ...deps, trackingKey }, bot);
    const take: Take = (updates) => group(updates.map((update) => () => channel.parse(update, channelBot, deps.now())));
    listeners.set(bot.id, { key, abort, ended: keepListening(deps, channel, channelBot, take, abort.signal) });
  };

  const end = async (botId: number, listener: Listener): Promise<void> => {
    listeners.delete(botId);
    listener.abort.abort();
    await listener.ended;
  };

  const endAll = async (): Promise<number[]> => {
    const ended = [...listeners];
    await Promise.all(ended.map(([id, listener]) => end(id, listener)));
    return ended.map(([id]) => id);
  };

  /** Brings what listens in line with the bots as they are now, and with who may listen to them. */
  const reconcile = async (): Promise<void> => {
    const polled = new Map((await polledBots(deps)).map((one) => [one.bot.id, one]));
    const asked = performance.now();
    const ours = stopped ? new Set<number>() : await leaseAmong(deps, [...polled.values()]);
    heldUntil = asked + POLL_LEASE_MS;
    const unwanted = [...listeners].filter(([id, { key }]) => !ours.has(id) || polled.get(id)?.key !== key);
    await Promise.all(unwanted.map(([id, listener]) => end(id, listener)));
    if (stopped) return;
    for (const [id, { bot, channel, channelBot, key }] of polled)
      if (ours.has(id) && !listeners.has(id)) start(bot, channel, channelBot, key);
  };

  /** While the database is away nobody can take our bots; cut off from it alone, we must let go of them in time. */
  const cutOff = async (error: unknown): Promise<void> => {
    deps.log.error({ event: 'listen.not_reconciled', err: error });
    if (performance.now() > heldUntil - LOOK_MS) await endAll();
  };

  // One at a time, so that two changes in a row cannot start a bot twice.
  let turn: Promise<void> = Promise.resolve();
  const enqueue = (): void => {
    turn = turn.then(reconcile).catch(cutOff);
  };
  const unsubscribe = [deps.bus.subscribe('bot', enqueue), deps.bus.subscribe('instance', enqueue)];
  const timer = setInterval(enqueue, LOOK_MS);
  enqueue();

  return {
    async stop() {
      stopped = true;
      for (const end of unsubscribe) end();
      clearInterval(timer);
      for (const { abort } of listeners.values()) abort.abort();
      await turn;
      const ended = await endAll();
      await releasePolling(deps.db, deps.owner, ended)
        .then(() => deps.bus.publish('bot'))
        .catch((error: unknown) => deps.log.warn({ event: 'listen.not_released', err: error }));
      await late.stop();
    },
  };
}

interface PolledBot {
  bot: Bot;
  channel: Channel;
  channelBot: ChannelBot;
  key: string;
}

async function polledBots(deps: ListenDeps): Promise<PolledBot[]> {
  if (!(await deps.instance.isConfirmed())) return [];
  const bots = await listBots(deps.db);
  return bots.flatMap((bot) => {
    const channel = deps.channels.get(bot.channel);
    if (bot.webhookState !== 'polling' || !channel?.listen) return [];
    const channelBot = toChannelBot(bot, deps.keyring, deps.config.apiRoots);
    return [{ bot, channel, channelBot, key: JSON.stringify([channelBot.credentials, channelBot.apiRoot]) }];
  });
}

/** Bots that share a port go together: whoever holds the first one's lease has them all. */
async function leaseAmong(deps: ListenDeps, polled: readonly PolledBot[]): Promise<ReadonlySet<number>> {
  const firsts = new Map<Channel, number>();
  const holderOf = ({ bot, channel }: PolledBot): number => {
    if (!channel.sharedPort) return bot.id;
    if (!firsts.has(channel)) firsts.set(channel, bot.id);
    return firsts.get(channel) ?? bot.id;
  };
  const holders = new Map(polled.map((one) => [one.bot.id, holderOf(one)]));
  const held = await leasePolling(deps.db, deps.owner, [...new Set(holders.values())]);
  return new Set([...holders].flatMap(([id, holder]) => (held.has(holder) ? [id] : [])));
}

async function keepListening(
  deps: ListenDeps,
  channel: Channel,
  bot: ChannelBot,
  take: Take,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = deps.now();
    try {
      await channel.listen?.(bot, take, signal);
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn({ event: 'listen.failed', bot: bot.publicId, err: error });
      await noteFailure(deps, bot.id, error);
    }
    if (signal.aborted) return;
    failures = deps.now() - startedAt > STEADY_MS ? 1 : failures + 1;
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS), signal);
  }
}

/** The store itself may be what failed; then there is nowhere to note it but the log. */
async function noteFailure(deps: ListenDeps, botId: number, error: unknown): Promise<void> {
  const lastError = error instanceof Error ? wordsOf(error) : String(error);
  await recordBotHealth(deps.db, botId, { lastErrorAt: deps.now(), lastError }).catch((failure: unknown) =>
    deps.log.warn({ event: 'listen.failure_not_noted', err: failure }),
  );
}

const wordsOf = (error: Error): string =>
  error instanceof Problem ? translate('en', `problems:${error.code}`, error.params) : error.message;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
