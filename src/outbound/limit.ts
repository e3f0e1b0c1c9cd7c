// A limit as the engine uses it: a gate, and whether this process has a share of it. A process alone has all of it;
// several agree on shares, and open a lane only where they hold one.
import type { OutboundDeps } from './context.ts';
import { createGate, type Gate } from './throttle.ts';

/** What there is to send within a limit: nothing, single messages that any other holder may take too, or mailings. */
export type Demand = 'none' | 'urgent' | 'mailing';

export const LACKS = ['no_share', 'redis_away'] as const;
export type Lack = (typeof LACKS)[number];

export interface Limit {
  readonly gate: Gate;
  /** Messages a second of all processes together; null: no limit. */
  setRate(rate: number | null): void;
  want(demand: Demand): void;
  /** Messages a second this process may let go by itself; null: no limit. */
  share(): number | null;
  /** Why nothing may be let go here; null: it may. */
  lacks(): Lack | null;
  /** A lane uses it from here on … */
  enter(): void;
  /** … until here. */
  leave(): void;
  end(): void;
}

export interface Limits {
  /** `key` names the limit among the processes. */
  open(key: string, rate: number | null): Limit;
  end(): Promise<void>;
}

/** Of a process that shares with nobody. */
export function createOwnLimits({ now }: Pick<OutboundDeps, 'now'>): Limits {
  return {
    open(_key, first) {
      let rate = first;
      const gate = createGate({ rate, now });
      return {
        gate,
        setRate(next) {
          rate = next;
          gate.setRate(next);
        },
        want: () => {},
        share: () => rate,
        lacks: () => null,
        enter: () => {},
        leave: () => {},
        end: gate.end,
      };
    },
    end: async () => {},
  };
}
