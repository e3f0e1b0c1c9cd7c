// The server: opens the house, takes its roles, and leaves in order. `web` answers pages, the API and webhooks;
// `sender` sends; `all` does both.
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { ASSETS, complain, type House, openHouse } from './boot.ts';
import { type Bus, createLocalBus, createRedisBus } from './bus.ts';
import { type Config, loadEnvironment, readConfig } from './config.ts';
import { CHANNEL_NAMES } from '../channels/index.ts';
import { Problem } from './domain/problem.ts';
import { simulatorOrigins } from './domain/simulator.ts';
import { keepHeapSmall } from './heap.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createApp } from './http/app.ts';
import { createOpsApp } from './http/ops-app.ts';
import { startListening } from './inbound/listen.ts';
import { createLog, type Logger } from './log.ts';
import { createMeter } from './meter.ts';
import { startOutbound } from './outbound/index.ts';
import { createInstance } from './instance.ts';
import { createSimulatorControl } from './simulator-control.ts';
import { keepCheckpoints } from './store/checkpoints.ts';
import { lockDatabase } from './store/lock.ts';
import { readWorkspace } from './store/settings.ts';
import { countStaff } from './store/staff.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const LAST_RESORT_MS = 15_000;

/** Something that was started and is stopped again, in the opposite order. */
interface Stoppable {
  stop(): Promise<void>;
}

async function listen(server: Server, config: Config): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Problem('port_taken', { port: config.port }) : error),
    );
    server.listen(config.port, config.host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : config.port;
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** This server from its own machine; one that listens on every address is found at the loopback one. */
function localAddress(host: string, port: number): string {
  const local = ['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host;
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`;
}

/** Set once the process was asked to stop. */
interface Life {
  stopping: boolean;
}

/** The workspace's own address goes before the environment's; without either, this machine's. */
function publicAddress(house: House, port: () => number): { current: () => string; refresh: () => Promise<void> } {
  let stored: string | null = null;
  return {
    current: () => stored ?? house.config.publicUrl ?? `http://localhost:${port()}`,
    refresh: async () => {
      stored = (await readWorkspace(house.db)).publicUrl;
    },
  };
}

async function serve(config: Config, log: Logger, life: Life): Promise<Stoppable[]> {
  const lock = lockDatabase(config.databaseUrl);
  const bus: Bus = config.redisUrl
    ? createRedisBus(config.redisUrl, (error) => log.warn({ event: 'redis.error', reason: error.message }))
    : createLocalBus();
  /** The simulators this process runs, and those that bots it sends over are connected to. */
  const trusted = new Set<string>();
  let simulators = new Set<string>();
  const calls = new AbortController();
  const house = await openHouse(config, {
    announce: (news) => bus.publish('mailbox', news),
    isTrusted: (origin) => trusted.has(origin) || simulators.has(origin),
    hangUp: calls.signal,
  });
  const started: Stoppable[] = [];
  const { db, keyring, channels } = house;
  const checkpoints = await keepCheckpoints(db);
  started.push({
    stop: async () => {
      await checkpoints?.stop();
      await bus.close();
      await db.destroy();
      lock?.release();
    },
  });

  let port = config.port;
  const address = publicAddress(house, () => port);
  await address.refresh();
  const owner = randomUUID();
  const instance = createInstance({ config, db, bus, log, now: Date.now });
  await instance.isConfirmed();
  const common = {
    config,
    instance,
    db,
    keyring,
    channels,
    bus,
    log,
    meter: createMeter(),
    isStopping: () => life.stopping,
    now: Date.now,
    publicUrl: address.current,
    owner,
  };

  if (config.role !== 'sender') {
    const setupToken = (await countStaff(db)) === 0 ? randomBytes(24).toString('base64url') : null;
    const simulator = createSimulatorControl({ ...common, trusted, localUrl: () => localAddress(config.host, port) });
    const app = createApp({
      ...common,
      simulator,
      setupToken,
      onWorkspaceChanged: address.refresh,
      assets: ASSETS,
    });
    const server = createServer(app.handler);
    app.attach(server);
    port = await listen(server, config);
    await simulator.resume();
    const listening = startListening(common);
    started.push(startHousekeeping({ ...common, dataFolder: config.dataFolder, isConfirmed: instance.isConfirmed }));
    started.push({ stop: async () => void (await simulator.stop()) }, { stop: () => close(server) }, listening, {
      stop: app.close,
    });
    log.info({ event: 'web.ready', port });
    // One write: who waits for the first line has the second with it.
    const page = `http://localhost:${port}/`;
    const link = setupToken ? `\nCreate the owner's account: ${page}setup?token=${setupToken}` : '';
    console.log(`Herald is ready: ${page}${link}`);
  }
  if (config.role === 'sender') {
    const server = createServer(createOpsApp(common));
    port = await listen(server, config);
    started.push({ stop: () => close(server) });
    log.info({ event: 'health.ready', port });
  }
  if (config.role !== 'web') {
    started.push(
      startOutbound({
        ...common,
        apiRoots: config.apiRoots,
        random: Math.random,
        redisUrl: config.redisUrl,
        hangUp: () => calls.abort(),
        sawBots: (bots) => {
          simulators = simulatorOrigins(bots);
        },
      }),
    );
    log.info({ event: 'sender.ready' });
  }
  return started;
}

/** Stops what was started last first: no more work is taken, what is in flight is finished, then all is closed. */
function stopOnSignal(started: readonly Stoppable[], log: Logger, life: Life): void {
  const stop = async (signal: string): Promise<void> => {
    if (life.stopping) return;
    life.stopping = true;
    log.info({ event: 'process.stopping', signal });
    setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
    for (const part of started.toReversed()) await part.stop();
    log.info({ event: 'process.stopped' });
    process.exit(0);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => void stop(signal));
}

keepHeapSmall();
const environment = loadEnvironment();
try {
  const config = readConfig(environment, CHANNEL_NAMES);
  const log = createLog(config.logLevel);
  const life: Life = { stopping: false };
  stopOnSignal(await serve(config, log, life), log, life);
} catch (error) {
  console.error(complain(error, environment.LANG));
  process.exit(1);
}
