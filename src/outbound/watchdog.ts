// Notices work that is stuck: a lane no message passes, a planner that does not advance, a look that never ends, outcomes
// that cannot be written. It says so, and lets go of what another can take up; it never sends anything itself.
import { findStuck, STUCK_MS, type StuckKind, wasAsleep, type Watched } from '../domain/watchdog.ts';
import type { Meter } from '../meter.ts';
import { type Finding, saveFindings } from '../store/findings.ts';
import type { OutboundDeps } from './context.ts';

export interface Guarded extends Watched {
  /** It waits for something that is known and told elsewhere: that time does not count. */
  excused: boolean;
  /** For people: a mailing's or a bot's public id. */
  about: string | null;
  /** Leaves it to whoever takes it up next; null: nobody could. */
  abandon: (() => void) | null;
}

export interface Watchdog {
  end(): void;
}

const EVERY_MS = 5_000;

export interface WatchdogParts {
  deps: OutboundDeps;
  meter: Meter;
  /** All that could be stuck at this moment. */
  watched: () => readonly Guarded[];
}

export function startWatchdog({ deps, meter, watched }: WatchdogParts): Watchdog {
  const { db, log, owner, now, stuckAfterMs: stuckAfter = STUCK_MS } = deps;
  const every = Math.min(EVERY_MS, stuckAfter / 4);
  /** When each was last excused, by name. */
  let fine = new Map<string, number>();
  /** What is stuck now, by name. */
  let known = new Map<string, Finding>();
  let lookedAt = now();

  function look(): void {
    const at = now();
    const all = watched();
    const asleep = wasAsleep({ now: at, lookedAt, every });
    lookedAt = at;
    fine = new Map(
      all.flatMap((one): [string, number][] => {
        const excusedAt = one.excused || asleep ? at : fine.get(nameOf(one));
        return excusedAt === undefined ? [] : [[nameOf(one), excusedAt]];
      }),
    );
    const judged = all.map((one) => ({ ...one, movedAt: Math.max(one.movedAt, fine.get(nameOf(one)) ?? 0) }));
    tell(findStuck(judged, { now: at, stuckAfter }), at);
  }

  function tell(stuck: readonly Guarded[], at: number): void {
    const before = known;
    known = new Map(stuck.map((one) => [nameOf(one), before.get(nameOf(one)) ?? findingOf(one)]));
    for (const one of stuck) if (!before.has(nameOf(one))) letGo(one, at);
    const isSame = before.size === known.size && [...known.keys()].every((name) => before.has(name));
    if (isSame) return;
    saveFindings(db, owner, [...known.values()]).catch((error: unknown) =>
      log.warn({ event: 'watchdog.not_told', reason: String(error) }),
    );
  }

  function letGo({ kind, about, movedAt, abandon }: Guarded, at: number): void {
    meter.stuck += 1;
    log.error({ event: 'watchdog.stuck', kind, about, forMs: at - movedAt, abandoned: abandon !== null });
    abandon?.();
  }

  const timer = setInterval(look, every);
  return { end: () => clearInterval(timer) };
}

const nameOf = ({ kind, key }: { kind: StuckKind; key: string }): string => `${kind} ${key}`;

const findingOf = ({ kind, about, movedAt }: Guarded): Finding => ({ kind, about, since: movedAt });
