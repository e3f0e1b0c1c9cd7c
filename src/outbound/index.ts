// The sender. Once a second, and whenever something says `work`, it looks at what there is to do: starts what is due,
// plans, opens a lane for every campaign and bot that has something to send, and finishes what is done.
import { setTimeout as pause } from 'node:timers/promises';
import type { OutboundDeps } from './context.ts';
import { createLoop } from './loop.ts';

export { IN_FLIGHT, type OutboundDeps } from './context.ts';

export interface Outbound {
  /** Stops claiming, waits up to ten seconds for what is in flight, gives back the rest. Safe to call twice. */
  stop(): Promise<void>;
  /** Resolves once nothing is left to do at this moment. */
  idle(): Promise<void>;
}

const TICK_MS = 1000;
const DRAIN_MS = 10_000;

export function startOutbound(deps: OutboundDeps): Outbound {
  const loop = createLoop(deps);
  const timer = setInterval(loop.wake, TICK_MS);
  const unsubscribe = [
    deps.bus.subscribe('work', loop.wake),
    deps.bus.subscribe('campaign', loop.wake),
    deps.bus.subscribe('bot', loop.wake),
    deps.bus.subscribe('instance', loop.wake),
  ];
  let stopping: Promise<void> | null = null;
  loop.wake();

  async function stop(): Promise<void> {
    clearInterval(timer);
    for (const end of unsubscribe) end();
    const late = new AbortController();
    const drained = await Promise.race([
      loop.stop().then(() => true),
      pause(DRAIN_MS, false, { signal: late.signal }).catch(() => true),
    ]);
    late.abort();
    if (!drained) deps.log.warn({ event: 'sender.not_drained', after: DRAIN_MS });
    await loop.leave(drained);
  }

  return { stop: () => (stopping ??= stop()), idle: loop.idle };
}
