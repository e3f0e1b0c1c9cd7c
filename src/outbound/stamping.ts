// The stamping of a lane: what goes out in the next instant is written down first, under the leases it was read with.
// Whom the store holds back is ended with the reason, dropped where it is settled already, or kept for the next start.
import { isWhole } from '../store/calls.ts';
import { type CallKeys, type Held, stamp, type Stamped, unstamp } from '../store/sending.ts';
import { type Skip, skipDeliveries } from '../store/skipping.ts';
import type { OutboundDeps } from './context.ts';
import type { Source, Task } from './source.ts';

export interface Stamping {
  stamp(tasks: readonly Task[], at: number, keys?: CallKeys): Promise<Stamped>;
  /**
   * Stamps what goes on of a call that is repeated, once everyone else in it is out for good. Nobody goes where the store
   * keeps someone for later: the repeat would be without them, and the next one not.
   */
  stampAgain(repeat: Repeat, at: number): Promise<StampedAgain>;
  /** What of a group was not stamped: held back by the store, or not to be sent for a reason that was seen before. */
  leaveOut(group: readonly Task[], held: readonly Held[], unsent: Unsent): Promise<void>;
  /** Takes back the stamps whose answer was lost: they may stand in the store, and nothing went out under them. */
  takeBack(): Promise<void>;
}

export interface StampedAgain {
  going: Task[];
  /** Its campaign is not being sent now. */
  stopped: boolean;
  /** There is nobody else of it, who would come later; false should not happen. */
  whole: boolean;
}

/** A call that is repeated, with whom of it nothing is sent to. */
export interface Repeat {
  key: string;
  tasks: readonly Task[];
  unsent: Unsent;
}

export interface Unsent {
  /** There is nothing to send. */
  empty: readonly Task[];
  /** The messenger's window is closed. */
  closed: ReadonlySet<Task>;
}

export interface StampingParts {
  deps: Pick<OutboundDeps, 'db' | 'owner' | 'now'>;
  botId: number;
  source: Source;
}

export function createStamping({ deps: { db, owner, now }, botId, source }: StampingParts): Stamping {
  const doubtful: { ids: number[]; at: number }[] = [];

  const stamping: Stamping = {
    async stamp(tasks, at, keys = null) {
      const slices = new Set<number>();
      for (const { slice } of tasks) if (slice) slices.add(slice.id);
      const inSlices = idsOf(tasks.filter(({ slice }) => slice !== null));
      const alone = idsOf(tasks.filter(({ slice }) => slice === null));
      try {
        const sliced = await stamp(db, inSlices, at, { owner, botId, slices: [...slices] }, keys);
        if (alone.length === 0) return sliced;
        const single = await stamp(db, alone, at, { owner, botId, slices: [] }, keys);
        return { stamped: new Set([...sliced.stamped, ...single.stamped]), held: [...sliced.held, ...single.held] };
      } catch (error) {
        doubtful.push({ ids: idsOf(tasks), at });
        throw error;
      }
    },
    async stampAgain({ key, tasks, unsent }, at) {
      const writable = tasks.filter((task) => !unsent.closed.has(task) && !unsent.empty.includes(task));
      const { stamped, held } = await stamping.stamp(
        writable,
        at,
        new Map(writable.map(({ outgoing }) => [outgoing.id, key])),
      );
      const going = writable.filter(({ outgoing }) => stamped.has(outgoing.id));
      const stamps = { ids: idsOf(going), at };
      doubtful.push(stamps);
      await stamping.leaveOut(tasks, held, unsent);
      if (held.some(({ why }) => why !== 'skipped')) {
        await unstamp(db, stamps.ids, at);
        if (held.some(({ why }) => why === 'gone')) for (const task of going) source.missed(task);
        return { going: [], stopped: held.some(({ why }) => why === 'stopped'), whole: false };
      }
      const whole = await isWhole(db, key, going.length);
      doubtful.splice(doubtful.indexOf(stamps), 1);
      return { going, stopped: false, whole };
    },
    async leaveOut(group, held, { empty, closed }) {
      const reasons = new Map<number, Skip['reason']>(
        empty.map((task) => [task.outgoing.id, task.isBroken ? 'not_rendered' : 'no_variant']),
      );
      for (const { outgoing } of closed) reasons.set(outgoing.id, 'window_closed');
      for (const row of held) if (row.why === 'skipped') reasons.set(row.id, row.reason);
      const gone = new Set(held.flatMap((row) => (row.why === 'gone' ? [row.id] : [])));
      if (reasons.size + gone.size === 0) return;
      const skips = [...reasons].map(([id, reason]) => ({ id, reason }));
      await skipDeliveries(db, skips, now());
      for (const task of group) {
        if (gone.has(task.outgoing.id)) source.missed(task);
        else if (reasons.has(task.outgoing.id)) source.finished(task);
      }
    },
    async takeBack() {
      for (const { ids, at } of doubtful) await unstamp(db, ids, at);
    },
  };
  return stamping;
}

const idsOf = (tasks: readonly Task[]): number[] => tasks.map(({ outgoing }) => outgoing.id);
