// The limits a lane keeps to: its mailing's first, then its bot's, which several mailings share. Grants are asked for
// before the stamp, in groups; the sliding second is waited for just before the wire.
import { setTimeout as pause } from 'node:timers/promises';
import type { Gate } from './throttle.ts';

export interface Passage {
  /** How many one grant lets go at most. */
  group(): number;
  /** How many of the wanted may go now; 0: none, and none later. `whole`: all of them, however long it takes, or none. */
  take(wanted: number, ask: { priority: number; whole: boolean }): Promise<number>;
  /** Waits until so many messages fit into the sliding second, and counts them. */
  pass(messages: number): Promise<void>;
  /** The bot waits, whatever the limit it is held to. */
  closeUntil(until: number): void;
}

export interface PassageParts {
  /** The mailing's limit; null for what is urgent. */
  gate: Gate | null;
  /** The bot's limit, as it holds here. */
  botGate: Gate;
  /** The bot's ordinary limit. */
  ownGate: Gate;
  /** Who takes turns with others at the bot's limit. */
  asker: object;
  goesOn: () => boolean;
}

export function createPassage({ gate, botGate, ownGate, asker, goesOn }: PassageParts): Passage {
  async function takeSome(wanted: number, priority: number): Promise<number> {
    const allowed = gate ? await gate.take(wanted, priority) : wanted;
    let granted = 0;
    while (granted < allowed) {
      const more = await botGate.take(allowed - granted, priority, asker);
      if (more === 0) return 0;
      granted += more;
    }
    return allowed;
  }

  /** The sliding second of the mailing and of the bot. */
  const windowWait = (): number => Math.max(gate?.wait() ?? 0, botGate.wait());

  return {
    group: () => Math.min(gate?.group() ?? Infinity, botGate.group()),
    async take(wanted, { priority, whole }) {
      if (!whole) return takeSome(wanted, priority);
      for (let granted = 0; granted < wanted;) {
        const more = goesOn() ? await takeSome(wanted - granted, priority) : 0;
        if (more === 0) return 0;
        granted += more;
      }
      return wanted;
    },
    async pass(messages) {
      for (let count = messages; count > 0; count -= 1) {
        for (let wait = windowWait(); wait > 0; wait = windowWait()) await pause(Math.ceil(wait));
        gate?.record();
        botGate.record();
      }
    },
    closeUntil(until) {
      for (const one of new Set([botGate, ownGate])) one.closeUntil(until);
    },
  };
}
