// Runs simulated messengers, each as a child process, with a bot connected to each and people spread over them. Who is on
// two of them is made known to Herald beforehand, as one person with two addresses.
import { SIMULATORS } from '../channels/simulators.ts';
import { fieldProblem, Problem } from './domain/problem.ts';
import {
  countOf,
  NOBODY,
  type PeopleRange,
  type SimulatedMessenger,
  type SimulatedPeople,
  type SimulatorBehaviour,
  type SimulatorControl,
  type SimulatorOrder,
  type SimulatorState,
  type Spread,
  spreadPeople,
} from './domain/simulator.ts';
import { connectSimulated, type SimulatorBotDeps, simulatedBots } from './simulator-bots.ts';
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts';
import { insertAcquaintances } from './store/acquaintances.ts';
import { countByBot } from './store/bot-counts.ts';
import type { Bot } from './store/bots.ts';
import { readSetting, writeSetting } from './store/settings.ts';
import { transact } from './store/transact.ts';

export interface RunningControl extends SimulatorControl {
  /** Starts the simulators of an earlier run again, where there were any. */
  resume(): Promise<void>;
}

const BEHAVIOUR_SETTING = 'simulator_behaviour';
const PEOPLE_SETTING = 'simulator_people';
/** They subscribe within about this time, as far as the limits of the pace (people a second) allow. */
const FILL_SECONDS = 5;
const SLOWEST_FILL = 500;
const FASTEST_FILL = 50_000;
/** People who are made known in one transaction. */
const ACQUAINTED_AT_ONCE = 500;

/** A simulator's own account of itself. */
interface ControlState {
  filled: number;
  received: number;
  throttled: number;
}

const IDLE: ControlState = { filled: 0, received: 0, throttled: 0 };
const NAMES = Object.keys(SIMULATORS);

export function createSimulatorControl(deps: SimulatorBotDeps): RunningControl {
  const { db, log, now, trusted } = deps;
  const running = new Map<string, SimulatorProcess>();

  const readPeople = async (): Promise<SimulatedPeople> =>
    (await readSetting<SimulatedPeople>(db, PEOPLE_SETTING)) ?? NOBODY;
  const readBehaviour = async (): Promise<SimulatorBehaviour> =>
    (await readSetting<SimulatorBehaviour>(db, BEHAVIOUR_SETTING)) ?? {};

  async function launch(channel: string): Promise<SimulatorProcess> {
    const started = await startSimulatorProcess(channel, () => {
      trusted.delete(started.origin);
      if (running.get(channel) === started) running.delete(channel);
      log.info({ event: 'simulator.stopped', channel });
    });
    trusted.add(started.origin);
    running.set(channel, started);
    log.info({ event: 'simulator.started', channel, origin: started.origin });
    return started;
  }

  /** The messenger with its bot; one that had a bot before has its people again. */
  async function open(channel: string, known: Bot | undefined): Promise<void> {
    const simulator = await launch(channel);
    try {
      await connectSimulated(deps, simulator, known);
      if (known) for (const range of await rangesOf(known)) await fill(simulator, range, { known: true });
      await simulator.tell('PATCH', 'behaviour', await readBehaviour());
    } catch (error) {
      await simulator.stop();
      throw error;
    }
  }

  /** Before it was written down who is where, there was one messenger, and everybody was on it. */
  async function rangesOf(bot: Bot): Promise<readonly PeopleRange[]> {
    const people = await readSetting<SimulatedPeople>(db, PEOPLE_SETTING);
    if (people) return people.ranges[bot.channel] ?? [];
    const count = (await countByBot(db)).get(bot.id)?.subscribers ?? 0;
    if (count === 0) return [];
    const ranges = [{ first: 0, count }];
    await writeSetting(db, PEOPLE_SETTING, { next: count, shared: 0, ranges: { [bot.channel]: ranges } });
    return ranges;
  }

  const fill = (simulator: SimulatorProcess, range: PeopleRange, how: { known: true } | { pace: number }) =>
    simulator.tell('POST', 'people', { ...range, ...how });

  async function fillIn({ newcomers, shared, people }: Spread): Promise<void> {
    await acquaint(shared);
    // Written before they come: a restart in between finds more people than there are, which does no harm.
    await writeSetting(db, PEOPLE_SETTING, people);
    for (const [channel, ranges] of Object.entries(newcomers)) {
      const simulator = running.get(channel);
      if (!simulator) throw new Problem('simulator_failed');
      const pace = Math.min(FASTEST_FILL, Math.max(SLOWEST_FILL, countOf(ranges) / FILL_SECONDS));
      for (const range of ranges) await fill(simulator, range, { pace });
    }
  }

  /** Tells Herald which two addresses are one person's: no messenger says so. */
  async function acquaint(shared: Spread['shared']): Promise<void> {
    const bots = await simulatedBots(deps);
    for (const { channels, range } of shared) {
      for (let first = range.first; first < range.first + range.count; first += ACQUAINTED_AT_ONCE) {
        const count = Math.min(ACQUAINTED_AT_ONCE, range.first + range.count - first);
        const columns = await Promise.all(
          channels.map(async (channel) => {
            const simulator = running.get(channel);
            const bot = bots.get(channel);
            if (!simulator || !bot) throw new Problem('simulator_failed');
            const { addresses } = await simulator.tell<{ addresses: string[] }>(
              'GET',
              `people?first=${first}&count=${count}`,
            );
            return addresses.map((address) => ({ botId: bot.id, address }));
          }),
        );
        const people = (columns[0] ?? []).map((_, index) => ({ addresses: columns.map((column) => column[index]!) }));
        await transact(db, (trx) => insertAcquaintances(trx, people, now()));
      }
    }
  }

  /** Kept, so that people behave the same after a restart. */
  async function behave(behaviour: SimulatorBehaviour): Promise<void> {
    await writeSetting(db, BEHAVIOUR_SETTING, { ...(await readBehaviour()), ...behaviour });
    await Promise.all([...running.values()].map((simulator) => simulator.tell('PATCH', 'behaviour', behaviour)));
  }

  const state = async (): Promise<SimulatorState> => {
    const bots = await simulatedBots(deps);
    const people = running.size > 0 ? await readPeople() : NOBODY;
    const messengers = await Promise.all(
      NAMES.filter((channel) => running.has(channel) || bots.has(channel)).map(
        async (channel): Promise<SimulatedMessenger> => {
          const simulator = running.get(channel);
          const seen = simulator ? await simulator.tell<ControlState>('GET', 'state') : IDLE;
          const wanted = simulator ? countOf(people.ranges[channel] ?? []) : 0;
          const { filled, received, throttled } = seen;
          const botId = bots.get(channel)?.publicId ?? null;
          return { channel, running: simulator !== undefined, botId, filled, people: wanted, received, throttled };
        },
      ),
    );
    const sum = (figure: 'filled' | 'people' | 'received' | 'throttled') =>
      messengers.reduce((total, one) => total + one[figure], 0);
    return {
      running: running.size > 0,
      channels: NAMES,
      messengers,
      filled: sum('filled'),
      people: sum('people'),
      received: sum('received'),
      throttled: sum('throttled'),
      persons: people.next,
      shared: people.shared,
      behaviour: running.size > 0 ? await readBehaviour() : {},
    };
  };

  return {
    async start({ channels = NAMES.slice(0, 1), people, overlap, behaviour }: SimulatorOrder) {
      const unknown = channels.findIndex((name) => !NAMES.includes(name));
      if (unknown >= 0) throw fieldProblem(`channels.${unknown}`, 'simulator_channel', { permitted: NAMES.join(', ') });
      const bots = await simulatedBots(deps);
      const missing = channels.filter((name) => !running.has(name));
      await Promise.all(missing.map((name) => open(name, bots.get(name))));
      await behave(behaviour);
      if (people > 0) await fillIn(spreadPeople(await readPeople(), { channels, people, overlap }));
      return state();
    },
    state,
    async patch(behaviour) {
      if (running.size === 0) throw new Problem('simulator_stopped');
      await behave(behaviour);
      return state();
    },
    async stop() {
      await Promise.all([...running.values()].map((simulator) => simulator.stop()));
      return state();
    },
    async resume() {
      const bots = [...(await simulatedBots(deps))].filter(([channel]) => NAMES.includes(channel));
      await Promise.all(
        bots.map(([channel, bot]) =>
          open(channel, bot).catch((err: unknown) => log.error({ event: 'simulator.not_resumed', channel, err })),
        ),
      );
    },
  };
}
