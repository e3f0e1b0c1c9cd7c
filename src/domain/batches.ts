// Which messages go to a platform in one request. A batch endpoint takes so many receivers a call, and some take one
// payload for all of them; what goes together is decided here, in the order in which it came.
import type { Capabilities } from './capabilities.ts';
import type { Payload } from './channel.ts';

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

/** A value that is equal for equal payloads. Each payload is written out once: most often all people share one object. */
function createSameness(): (payload: Payload) => unknown {
  const known = new Map<Payload, string>();
  return (payload) => {
    const content = known.get(payload) ?? JSON.stringify(payload);
    known.set(payload, content);
    return content;
  };
}
