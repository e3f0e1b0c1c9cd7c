// When a mailing will be over: how fast the limits let it go beside the others that are being sent, and how fast it
// really went lately. What counts are calls, not people: a message may take several.
import type { Channel } from './channel.ts';
import { fit } from './fit.ts';
import { type Content, messageFor } from './message.ts';
import { MARGIN } from './rate.ts';

/** What a mailing still has to send over one bot. */
export interface Stream {
  mailing: string;
  bot: string;
  calls: number;
}

export interface ForecastInput {
  /** Of all mailings that share bots with this one, and its own. */
  streams: readonly Stream[];
  /** Messages a second by mailing and by bot; null: no limit. */
  speeds: ReadonlyMap<string, number | null>;
  rates: ReadonlyMap<string, number | null>;
  /** The one that is asked about. */
  mailing: string;
  /** Seconds until it begins; the others go on meanwhile. */
  startsIn?: number;
  /** Calls a second it made lately; null: not known. */
  observed?: number | null;
}

/** Calls a second where nothing limits them. */
const UNLIMITED_RATE = 2000;

/** A moment that was slower than a twentieth says nothing about the hours to come. */
const LEAST_OF_EXPECTED = 0.05;

/** Seconds from its beginning until all is sent. */
export function forecast({ streams, mailing, startsIn = 0, observed = null, ...limits }: ForecastInput): number {
  const isOwn = (stream: Stream): boolean => stream.mailing === mailing;
  let left = streams.filter(({ calls }) => calls > 0);
  const rate = sum([...speedsOf(left, limits)].flatMap(([stream, each]) => (isOwn(stream) ? [each] : [])));
  let time = 0;
  while (left.some(isOwn)) {
    const begun = time >= startsIn;
    const active = speedsOf(begun ? left : left.filter((stream) => !isOwn(stream)), limits);
    const ends = [...active].map(([{ calls }, each]) => calls / each);
    const step = Math.min(...ends, begun ? Infinity : startsIn - time);
    time += step;
    left = left
      .map((stream) => ({ ...stream, calls: stream.calls - (active.get(stream) ?? 0) * step }))
      .filter(({ calls }) => calls > TINY);
  }
  const seconds = (Math.max(0, time - startsIn) * MARGIN) / efficiency(observed, rate / MARGIN);
  return Math.ceil(seconds - TINY);
}

/** What is left of a call by rounding. */
const TINY = 1e-6;

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

const efficiency = (observed: number | null, expected: number): number =>
  observed === null || expected === 0 ? 1 : Math.min(1, Math.max(LEAST_OF_EXPECTED, observed / expected));

/**
 * How fast each goes when all share fairly: all go up together; those that reach a limit stay there, and the others go
 * on up until each has reached one.
 */
function speedsOf(
  streams: readonly Stream[],
  { speeds, rates }: Pick<ForecastInput, 'speeds' | 'rates'>,
): Map<Stream, number> {
  const limits = [
    { limit: UNLIMITED_RATE, members: [...streams] },
    ...[...speeds].map(([id, limit]) => ({ limit, members: streams.filter(({ mailing }) => mailing === id) })),
    ...[...rates].map(([id, limit]) => ({ limit, members: streams.filter(({ bot }) => bot === id) })),
  ];
  const reached = new Map(streams.map((stream) => [stream, 0]));
  const rising = new Set(streams);
  while (rising.size > 0) {
    const rooms = limits.flatMap(({ limit, members }) => {
      const movable = members.filter((stream) => rising.has(stream));
      if (limit === null || movable.length === 0) return [];
      return [{ movable, room: (limit - sum(members.map((stream) => reached.get(stream) ?? 0))) / movable.length }];
    });
    const rise = Math.min(...rooms.map(({ room }) => room));
    for (const stream of rising) reached.set(stream, (reached.get(stream) ?? 0) + rise);
    for (const { movable, room } of rooms) if (room <= rise) for (const stream of movable) rising.delete(stream);
  }
  return reached;
}

/** How many calls one message takes on a channel, as it is written; none where the channel can show nothing of it. */
export function callsPerMessage(content: Content, channel: Pick<Channel, 'name' | 'capabilities' | 'render'>): number {
  const message = messageFor(content, channel.name);
  if (message === null) return 0;
  const address = 'https://herald.example/';
  const links = {
    button: () => ({ url: address, token: 'token' }),
    inline: () => address,
    image: () => ({ url: address, media: null }),
    unsubscribe: () => address,
    pixel: () => address,
  };
  return channel.render(fit(message, channel.capabilities).message, links, []).length;
}
