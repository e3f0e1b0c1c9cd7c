// Which messages go to a platform in one request. A batch endpoint takes so many receivers a call, and some take one
// payload for all of them; what goes together is decided here, in the order in which it came.
import type { Capabilities } from './capabilities.ts';
import type { Payload } from './channel.ts';
import { groupBy } from './group.ts';

/** Cuts what is ready to go into calls. Every item is in exactly one of them; the first in line is in the first call. */
export function intoCalls<Item>(
  items: readonly Item[],
  { size, identical }: Capabilities['batch'],
  payloadOf: (item: Item) => Payload,
): Item[][] {
  const most = Math.max(1, size);
  if (most === 1) return items.map((item) => [item]);
  const calls: Item[][] = [];
  const open = new Map<unknown, Item[]>();
  const samenessOf = identical ? createSameness() : () => null;
  for (const item of items) {
    const sameness = samenessOf(payloadOf(item));
    const call = open.get(sameness);
    if (call && call.length < most) {
      call.push(item);
      continue;
    }
    const started = [item];
    open.set(sameness, started);
    calls.push(started);
  }
  return calls;
}

/** How the items of calls that have a key of their own are told apart. */
export interface KeptApart<Item> {
  /** Only items of one group may share a call: what is taken up again together after a crash. */
  groupOf(item: Item): unknown;
  /** A call names nobody twice. */
  receiverOf(item: Item): unknown;
}

/** The same for calls that have one key each and come back as they went. */
export const intoKeyedCalls = <Item>(
  items: readonly Item[],
  batch: Capabilities['batch'],
  payloadOf: (item: Item) => Payload,
  { groupOf, receiverOf }: KeptApart<Item>,
): Item[][] =>
  [...groupBy(items, groupOf).values()]
    .flatMap((group) => intoRounds(group, receiverOf))
    .flatMap((round) => intoCalls(round, batch, payloadOf));

/** Whoever comes again is in the next round. */
function intoRounds<Item>(items: readonly Item[], receiverOf: (item: Item) => unknown): Item[][] {
  const times = new Map<unknown, number>();
  const rounds: Item[][] = [];
  for (const item of items) {
    const receiver = receiverOf(item);
    const round = times.get(receiver) ?? 0;
    times.set(receiver, round + 1);
    (rounds[round] ??= []).push(item);
  }
  return rounds;
}

/** A value that is equal for equal payloads. Each payload is written out once: most often all people share one object. */
function createSameness(): (payload: Payload) => unknown {
  const known = new Map<Payload, string>();
  return (payload) => {
    const content = known.get(payload) ?? JSON.stringify(payload);
    known.set(payload, content);
    return content;
  };
}
