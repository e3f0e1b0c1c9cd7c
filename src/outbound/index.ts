// The sender. Once a second, and whenever something says `work`, it looks at what there is to do: starts what is due,
// plans, opens a lane for every campaign and bot that has something to send, and finishes what is done.
import { setTimeout as pause } from 'node:timers/promises';
import type { OutboundDeps } from './context.ts';
import { createLoop } from './loop.ts';

export { IN_FLIGHT, type OutboundDeps } from './context.ts';

export interface Outbound {
  /**
   * Stops claiming and waits up to ten seconds for what is in flight; then hangs up, calls unconfirmed what was on the
   * wire and gives back the rest. Safe to call twice.
   */
  stop(): Promise<void>;
  /** Resolves once nothing is left to do at this moment. */
  idle(): Promise<void>;
}

const TICK_MS = 1000;
const DRAIN_MS = 10_000;
/** To write down what became of the calls that were given up. */
const FAREWELL_MS = 2000;

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
    const stopped = loop.stop();
    let drained = await endsWithin(stopped, DRAIN_MS);
    if (!drained && deps.hangUp) {
      deps.log.warn({ event: 'sender.hangs_up', after: DRAIN_MS });
      deps.hangUp();
      drained = await endsWithin(stopped, FAREWELL_MS);
    }
    if (!drained) deps.log.warn({ event: 'sender.not_drained' });
    await loop.leave(drained);
  }

  return { stop: () => (stopping ??= stop()), idle: loop.idle };
}

async function endsWithin(work: Promise<void>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const late = pause(ms, false, { signal: over.signal }).catch(() => true);
  const ended = await Promise.race([work.then(() => true), late]);
  over.abort();
  return ended;
}
