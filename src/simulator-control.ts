// Runs the simulated messenger as a child process, connects a bot to it and fills in people. A simulated bot outlives
// its simulator: after a restart the same bot finds the same people again.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { SIMULATORS } from '../channels/simulators.ts';
import type { House } from './boot.ts';
import type { Bus } from './bus.ts';
import type { ChannelBot } from './domain/channel.ts';
import { fieldProblem, Problem } from './domain/problem.ts';
import type { SimulatorBehaviour, SimulatorControl, SimulatorOrder, SimulatorState } from './domain/simulator.ts';
import type { Logger } from './log.ts';
import { type Bot, insertBot, listBots, openSecrets, updateBot } from './store/bots.ts';
import { countByBot } from './store/bot-counts.ts';
import { newToken } from './store/secrets.ts';
import { readSetting, writeSetting } from './store/settings.ts';

interface SimulatorDeps extends House {
  bus: Bus;
  log: Logger;
  now: () => number;
  /** Origins our own calls may reach although they lie on this machine. */
  trusted: Set<string>;
}

export interface RunningControl extends SimulatorControl {
  /** Starts the simulator of an earlier run again, where there was one. */
  resume(): Promise<void>;
}

/** Beside this file, as source or as build. */
const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './simulator.ts' : './simulator.js', import.meta.url),
);
const START_TIMEOUT_MS = 20_000;
const BOT_NAME = 'Simulated shop';
const BEHAVIOUR_SETTING = 'simulator_behaviour';
/** They subscribe within about this time, as far as the limits of the pace (people a second) allow. */
const FILL_SECONDS = 5;
const SLOWEST_FILL = 500;
const FASTEST_FILL = 50_000;

interface Running {
  child: ChildProcess;
  channel: string;
  origin: string;
}

/** What the form that connects a bot would have asked for. */
interface NewBot {
  credentials: Record<string, string>;
}

interface ControlState {
  people: number;
  filled: number;
  received: number;
  throttled: number;
  behaviour: SimulatorBehaviour;
}

const IDLE = { filled: 0, people: 0, behaviour: {}, received: 0, throttled: 0 };

export function createSimulatorControl(deps: SimulatorDeps): RunningControl {
  const { db, keyring, channels, bus, log, now, trusted } = deps;
  let running: Running | null = null;

  const simulatedBot = async (): Promise<Bot | null> =>
    (await listBots(db)).find((bot) => bot.settings.simulated === true) ?? null;

  async function launch(channel: string): Promise<Running> {
    const child = fork(ENTRY, ['--channel', channel, '--port', '0', '--local'], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const port = await readyPort(child);
    const started = { child, channel, origin: `http://127.0.0.1:${port}` };
    trusted.add(started.origin);
    child.once('exit', () => {
      trusted.delete(started.origin);
      if (running === started) running = null;
      log.info({ event: 'simulator.stopped' });
    });
    log.info({ event: 'simulator.started', port });
    running = started;
    return started;
  }

  /** A bot that was there before comes back under its own token; only the address is new. */
  async function reconnect(simulator: Running, bot: Bot): Promise<Bot> {
    await tell(simulator, 'POST', 'bots', {
      name: bot.name,
      username: bot.profile.username,
      credentials: openSecrets(keyring, bot).credentials,
    });
    const people = (await countByBot(db)).get(bot.id)?.subscribers ?? 0;
    if (people > 0) await tell(simulator, 'POST', 'people', { count: people, known: true });
    const updated = await updateBot(db, bot.id, {
      settings: { ...bot.settings, apiRoot: simulator.origin },
      status: 'connected',
    });
    return updated ?? bot;
  }

  async function connect(simulator: Running): Promise<Bot> {
    const channel = channels.get(simulator.channel);
    if (!channel) throw fieldProblem('channel', 'simulator_channel', { permitted: Object.keys(SIMULATORS).join(', ') });
    const { credentials } = await tell<NewBot>(simulator, 'POST', 'bots', { name: BOT_NAME });
    const secrets = { credentials, webhookSecret: newToken() };
    const account: ChannelBot = {
      id: 0,
      publicId: '',
      externalId: '',
      name: BOT_NAME,
      apiRoot: simulator.origin,
      ...secrets,
    };
    const profile = await channel.connect(account, null);
    return insertBot(db, keyring, {
      channel: channel.name,
      externalId: profile.externalId,
      name: profile.name,
      secrets,
      settings: { simulated: true, apiRoot: simulator.origin },
      profile: { username: profile.username, picture: profile.picture, link: profile.link },
      webhookState: profile.webhook,
      now: now(),
    });
  }

  async function open(channel: string): Promise<Running> {
    const simulator = running ?? (await launch(channel));
    const known = await simulatedBot();
    const bot = known ? await reconnect(simulator, known) : await connect(simulator);
    bus.publish('bot', { id: bot.publicId });
    return simulator;
  }

  /** Kept, so that people behave the same after a restart. */
  async function behave(simulator: Running, behaviour: SimulatorBehaviour): Promise<void> {
    await tell(simulator, 'PATCH', 'behaviour', behaviour);
    const kept = await readSetting<SimulatorBehaviour>(db, BEHAVIOUR_SETTING);
    await writeSetting(db, BEHAVIOUR_SETTING, { ...kept, ...behaviour });
  }

  const state = async (): Promise<SimulatorState> => {
    const [bot, seen] = [await simulatedBot(), running ? await tell<ControlState>(running, 'GET', 'state') : IDLE];
    return {
      running: running !== null,
      channels: Object.keys(SIMULATORS),
      filled: seen.filled,
      people: seen.people,
      botId: bot?.publicId ?? null,
      behaviour: seen.behaviour,
      received: seen.received,
      throttled: seen.throttled,
    };
  };

  return {
    async start({ channel, people, behaviour }: SimulatorOrder) {
      const name = channel ?? Object.keys(SIMULATORS)[0] ?? '';
      if (!(name in SIMULATORS))
        throw fieldProblem('channel', 'simulator_channel', { permitted: Object.keys(SIMULATORS).join(', ') });
      const simulator = running ?? (await open(name));
      await behave(simulator, behaviour);
      const pace = Math.min(FASTEST_FILL, Math.max(SLOWEST_FILL, people / FILL_SECONDS));
      if (people > 0) await tell(simulator, 'POST', 'people', { count: people, pace });
      return state();
    },
    state,
    async patch(behaviour) {
      if (!running) throw new Problem('simulator_stopped');
      await behave(running, behaviour);
      return state();
    },
    async stop() {
      const child = running?.child;
      if (child) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
      }
      return state();
    },
    async resume() {
      const bot = await simulatedBot();
      if (!bot || !(bot.channel in SIMULATORS)) return;
      const simulator = await open(bot.channel);
      await behave(simulator, (await readSetting<SimulatorBehaviour>(db, BEHAVIOUR_SETTING)) ?? {});
    },
  };
}

/** The port the child says it listens on. */
function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(), START_TIMEOUT_MS);
    const fail = (): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Problem('simulator_failed'));
    };
    child.once('exit', fail);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const line = text.split('\n').find((candidate) => candidate.includes('"simulator.ready"'));
      if (!line) return;
      clearTimeout(timer);
      child.off('exit', fail);
      resolve((JSON.parse(line) as { port: number }).port);
    });
  });
}

/** One call of the simulator's own control API. */
async function tell<T>({ origin }: Running, method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T> {
  const { statusCode, body: answer } = await request(`${origin}/_control/${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
  const parsed = (await answer.json()) as T & { error?: string };
  if (statusCode >= 400) throw new Problem('simulator_refused', { reason: parsed.error ?? String(statusCode) });
  return parsed;
}
