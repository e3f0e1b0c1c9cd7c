// What a sender is at, as its watchdog sees it: lanes, planners, the look under way, outcomes to be written; when each
// last moved, and whether it has a reason not to.
import type { LiveBots } from './bots.ts';
import type { GuardedSource } from './guarded-source.ts';
import type { Lane } from './lane.ts';
import type { Limit } from './limit.ts';
import type { LiveMailings } from './mailings.ts';
import type { Settler } from './settler.ts';
import type { Waits } from './waits.ts';
import type { Guarded } from './watchdog.ts';

/** An outcome that could not be written is told of for so long. */
const LOST_TOLD_MS = 3_600_000;

export interface OpenLane {
  lane: Lane;
  source: GuardedSource;
  /** Null: tests and replies. */
  campaignId: number | null;
  botId: number;
  limits: readonly Limit[];
  ended: Promise<void>;
  /** Nothing is expected of it any more. */
  abandon(): void;
}

export interface Planning {
  movedAt: number;
  ended: Promise<void>;
}

export interface AtHand {
  lanes: ReadonlyMap<string, OpenLane>;
  planners: Map<number, Planning>;
  bots: LiveBots;
  mailings: LiveMailings;
  waits: Waits;
  settler: Settler;
  /** Null: no look is under way. */
  lookingSince: number | null;
  now: number;
}

export function workAtHand(work: AtHand): Guarded[] {
  const failing = work.settler.failingSince();
  const lostAt = work.settler.lostAt();
  const whole = { key: '', about: null, excused: false, abandon: null };
  return [
    ...[...work.lanes].map(([key, open]) => laneAtHand(work, key, open)),
    ...[...work.planners].map(([id, { movedAt }]): Guarded => ({
      kind: 'planning',
      key: String(id),
      about: work.mailings.get(id)?.campaign.publicId ?? null,
      movedAt,
      excused: false,
      // A second planner of a mailing is harmless: of two, one finds the cursor moved and stops.
      abandon: () => void work.planners.delete(id),
    })),
    { ...whole, kind: 'tick', movedAt: work.lookingSince ?? work.now },
    { ...whole, kind: 'outcomes', movedAt: failing ?? work.now },
    ...(lostAt !== null && work.now - lostAt < LOST_TOLD_MS
      ? [{ ...whole, kind: 'unwritten' as const, movedAt: lostAt, isLost: true }]
      : []),
  ];
}

/** A lane that waits for a person, a messenger, a time or the database is not stuck. */
function laneAtHand({ bots, mailings, waits, settler }: AtHand, key: string, lane: OpenLane): Guarded {
  const { source, botId, campaignId, abandon } = lane;
  const bot = bots.get(botId);
  const mailing = campaignId === null ? undefined : mailings.get(campaignId);
  const told = campaignId === null ? null : waits.told(campaignId);
  const isHeld = bot === undefined || bot.row.status !== 'connected' || bot.gate.isClosed() || bot.reach.isAway();
  return {
    kind: 'lane',
    key,
    about: mailing?.campaign.publicId ?? bot?.row.publicId ?? null,
    movedAt: source.movedAt(),
    excused: isHeld || told !== null || settler.failingSince() !== null,
    abandon,
  };
}
