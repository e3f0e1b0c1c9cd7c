// Calls that have one key for all their messages, as a lane handles them: formed before the stamp, which writes the key
// down, and repeated as a whole. What of a call is left out of a repeat is out of it for good (src/domain/call-keys.ts).
import { intoKeyedCalls } from '../domain/batches.ts';
import { writeCallKey } from '../domain/call-keys.ts';
import type { Capabilities } from '../domain/capabilities.ts';
import type { Payload } from '../domain/channel.ts';
import type { Task } from './source.ts';

/** The call a task may have arrived with; null: it is new, or the last answer was a sure one. */
export const callOf = ({ outgoing }: Task): string | null => outgoing.callKey;

/** The next of its payloads. */
export const payloadOf = ({ payloads, outgoing }: Task): Payload => payloads[outgoing.parts] ?? {};

/** How many of the first tasks are new: a repeat goes by itself. */
export function newAmong(tasks: readonly Task[], most: number): number {
  const repeat = tasks.slice(0, most).findIndex((task) => callOf(task) !== null);
  return repeat === -1 ? most : repeat;
}

export interface NewCalls {
  calls: readonly Task[][];
  /** The key of each delivery's call. */
  keys: ReadonlyMap<number, string>;
}

/** Only what lies in one slice goes together, or what falls due singly: so it comes back together, into one lane's hands. */
export function newCalls(tasks: readonly Task[], batch: Capabilities['batch'], at: number): NewCalls {
  const keys = new Map<number, string>();
  const calls = intoKeyedCalls(tasks, batch, payloadOf, {
    groupOf: ({ slice }) => slice,
    receiverOf: ({ outgoing }) => outgoing.address,
  });
  for (const call of calls) {
    const ids = call.map(({ outgoing }) => outgoing.id);
    const key = writeCallKey(ids, at);
    for (const id of ids) keys.set(id, key);
  }
  return { calls, keys };
}

/** The calls without those who were held back at the stamp; the others know their key now. */
export function stampedCalls({ calls, keys }: NewCalls, stamped: ReadonlySet<number>): Task[][] {
  return calls.flatMap((call) => {
    const going = call.filter(({ outgoing }) => stamped.has(outgoing.id));
    for (const { outgoing } of going) outgoing.callKey = keys.get(outgoing.id) ?? null;
    return going.length > 0 ? [going] : [];
  });
}

/** Until when each of them rests: those of one call as long as the last of them. */
export function restOf(tasks: readonly Task[], untilOf: (task: Task) => number | null): (task: Task) => number | null {
  const calls = new Map<string, number>();
  for (const task of tasks) {
    const key = callOf(task);
    const until = key === null ? null : untilOf(task);
    if (key !== null && until !== null) calls.set(key, Math.max(until, calls.get(key) ?? 0));
  }
  return (task) => {
    const key = callOf(task);
    return key === null ? untilOf(task) : (calls.get(key) ?? null);
  };
}
