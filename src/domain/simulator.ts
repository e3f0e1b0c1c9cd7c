// What the first-run page asks of the simulated messengers: other processes that speak the platforms' own APIs. The
// composition root starts them, connects a bot to each and fills in people; here are the shape of that conversation and
// who of the people is on which messenger.

/** Probabilities, 0 to 1, that a person who received a message does this; `delay` is the platform's, in ms. */
export interface SimulatorBehaviour {
  press?: number | undefined;
  open?: number | undefined;
  buy?: number | undefined;
  pay?: number | undefined;
  reply?: number | undefined;
  block?: number | undefined;
  unsubscribe?: number | undefined;
  comeBack?: number | undefined;
  share?: number | undefined;
  deliver?: number | undefined;
  read?: number | undefined;
  late?: number | undefined;
  repeat?: number | undefined;
  delay?: number | undefined;
}

export interface SimulatorOrder {
  /** Left out: the first channel that can be simulated. */
  channels?: readonly string[] | undefined;
  /** So many more people, spread evenly over these messengers. */
  people: number;
  /** How many of them are on two messengers. */
  overlap: number;
  behaviour: SimulatorBehaviour;
}

export interface SimulatedMessenger {
  channel: string;
  running: boolean;
  botId: string | null;
  /** While people are being filled in: how many of how many subscribed. */
  filled: number;
  people: number;
  /** What the simulator itself counted: the outside view of the same mailing. */
  received: number;
  throttled: number;
}

export interface SimulatorState {
  /** Does any run? */
  running: boolean;
  /** Channels that can be simulated. */
  channels: string[];
  /** Those that run, or ran and have their bot still. */
  messengers: SimulatedMessenger[];
  /** All messengers together; who is on two of them counts twice. */
  filled: number;
  people: number;
  received: number;
  throttled: number;
  /** People, however many messengers they are on; and how many of them are on two. */
  persons: number;
  shared: number;
  behaviour: SimulatorBehaviour;
}

export interface SimulatorControl {
  /** Resolves once the bots are connected; people are filled in afterwards. Throws a Problem for an unknown channel. */
  start(order: SimulatorOrder): Promise<SimulatorState>;
  state(): Promise<SimulatorState>;
  patch(behaviour: SimulatorBehaviour): Promise<SimulatorState>;
  stop(): Promise<SimulatorState>;
}

// --- Who is on which messenger --------------------------------------------------------------

/** People are numbers: the same number is the same person on every messenger. */
export interface PeopleRange {
  first: number;
  count: number;
}

/** Everyone there is: what a restart needs in order to find the same people again. */
export interface SimulatedPeople {
  /** The number of the next person to come. */
  next: number;
  /** How many are on two messengers. */
  shared: number;
  ranges: Readonly<Record<string, readonly PeopleRange[]>>;
}

export const NOBODY: SimulatedPeople = { next: 0, shared: 0, ranges: {} };

export interface Spread {
  people: SimulatedPeople;
  /** Only the newcomers, by channel. */
  newcomers: Readonly<Record<string, readonly PeopleRange[]>>;
  /** Of the newcomers those on two messengers; the first named is where they are at home. */
  shared: readonly { channels: readonly [string, string]; range: PeopleRange }[];
}

/**
 * Newcomers over messengers, as evenly as it goes: first those who are on two, each messenger sharing with the one after
 * it, then those who are on one.
 */
export function spreadPeople(
  known: SimulatedPeople,
  { channels, people, overlap }: { channels: readonly string[]; people: number; overlap: number },
): Spread {
  const onTwo = channels.length > 1 ? Math.min(overlap, people) : 0;
  let next = known.next;
  const take = (count: number): PeopleRange => {
    const range = { first: next, count };
    next += count;
    return range;
  };
  const shared = parts(onTwo, channels.length).flatMap((count, index) => {
    const [home, other] = [channels[index], channels[(index + 1) % channels.length]];
    return home === undefined || other === undefined || count === 0
      ? []
      : [{ channels: [home, other] as const, range: take(count) }];
  });
  const own = parts(people - onTwo, channels.length).map((count, index) => ({
    channel: channels[index],
    range: take(count),
  }));
  const newcomers = Object.fromEntries(
    channels.map((channel) => [
      channel,
      joined([
        ...shared.filter((one) => one.channels.includes(channel)).map((one) => one.range),
        ...own.filter((one) => one.channel === channel).map((one) => one.range),
      ]),
    ]),
  );
  const ranges = { ...known.ranges };
  for (const [channel, added] of Object.entries(newcomers))
    ranges[channel] = joined([...(ranges[channel] ?? []), ...added]);
  return { people: { next, shared: known.shared + onTwo, ranges }, newcomers, shared };
}

export const countOf = (ranges: readonly PeopleRange[]): number => ranges.reduce((sum, { count }) => sum + count, 0);

/** `total` in so many parts that differ by one at most. */
const parts = (total: number, count: number): number[] =>
  Array.from(
    { length: count },
    (_, index) => Math.floor((total * (index + 1)) / count) - Math.floor((total * index) / count),
  );

/** In order, without the empty ones; neighbours become one. */
function joined(ranges: readonly PeopleRange[]): PeopleRange[] {
  const result: PeopleRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const last = result.at(-1);
    if (range.count === 0) continue;
    if (last && last.first + last.count === range.first)
      result[result.length - 1] = { ...last, count: last.count + range.count };
    else result.push(range);
  }
  return result;
}

interface MayBeSimulated {
  settings: { simulated?: boolean; apiRoot?: string | null };
}

/** Where simulators run: on this machine, as `http://127.0.0.1:<port>`. */
const LOOPBACK = '127.0.0.1';

/**
 * The origins of the simulators that bots are connected to, which a process that did not start them may trust: no others
 * on a private network, whatever address somebody gave a bot.
 */
export function simulatorOrigins(bots: readonly MayBeSimulated[]): Set<string> {
  const roots = bots.flatMap(({ settings }) => (settings.simulated ? (settings.apiRoot ?? []) : []));
  return new Set(roots.filter((root) => new URL(root).hostname === LOOPBACK).map(originOf));
}

/** Also of addresses that are not the web's: `smtp://127.0.0.1:2525`. */
export function originOf(address: string): string {
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
}
