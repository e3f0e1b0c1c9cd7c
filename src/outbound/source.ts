// Where a lane's deliveries come from: slices of a campaign, its later tries, or the urgent singles of a bot. A source
// knows what it has leased, and finishes a slice once nothing of it remains.
import type { Payload } from '../domain/channel.ts';
import type { Quiet } from '../domain/quiet-hours.ts';
import { leaseCalls } from '../store/calls.ts';
import { type DueLease, leaseDue, releaseDue, removeDue } from '../store/due.ts';
import { type Outgoing, readSingles, readSlice, settledAmong } from '../store/outgoing.ts';
import { restSingle, restSlice, restSlices } from '../store/quiet.ts';
import { finishSlices, hasOpen, leaseSlice, releaseSlices, type Slice } from '../store/slices.ts';
import type { LiveBot } from './bots.ts';
import { LEASE_MS, type OutboundDeps } from './context.ts';
import { taskWindow, type TaskWindow } from './windows.ts';
import { NOTHING, type Recipe, type RecipeDeps, singleRecipe } from './recipe.ts';
import { createTrouble } from './trouble.ts';

export interface Task {
  outgoing: Outgoing;
  payloads: Payload[];
  /** What its channel made of the message is an error: there is nothing to send. */
  isBroken: boolean;
  window: TaskWindow | null;
  priority: number;
  single: boolean;
  /** The slice it came in. */
  slice: LeasedSlice | null;
}

interface LeasedSlice extends Slice {
  remaining: number;
  /** Something of it was in other hands: it may hold what we know nothing of. */
  doubtful: boolean;
  /** Some of it rests until then: it is given back instead of finished. */
  restsUntil: number | null;
}

export interface Source {
  /** The next deliveries, leased; empty when nothing is left for now. */
  more(): Promise<Task[]>;
  /** Is it still ours to send? Not after its lease was lost and taken anew: then it has been read anew, too. */
  holds(task: Task): boolean;
  /** This delivery needs no further care: it is settled, skipped, or waits for a later try. */
  finished(task: Task): void;
  /** Someone else has this delivery, or it was settled without us. */
  missed(task: Task): void;
  /** Not before this instant: it is given back to be taken then. */
  postpone(task: Task, until: number): void;
  /** Gives back what is still leased. */
  release(): Promise<void>;
  /** What is leased, to be renewed. */
  held(): { slices: number[]; singles: number[] };
}

export interface SourceParts {
  deps: OutboundDeps;
  recipes: RecipeDeps;
  bot: LiveBot;
  /** Null: tests and replies. */
  campaign: { id: number; recipe: Recipe } | null;
  /** The quiet hours of the campaign, as they are now. */
  quiet: () => Quiet | null;
}

const SINGLES = 100;

export function createSource({ deps, recipes, bot, campaign, quiet }: SourceParts): Source {
  const { db, owner, now } = deps;
  const slices = new Map<number, LeasedSlice>();
  const singles = new Map<number, Outgoing>();
  const closing = new Set<Promise<void>>();
  const unrendered = createTrouble(deps.log, 'delivery.not_rendered');
  /** What may have arrived with a call comes back with the whole of it. */
  const call = bot.channel.capabilities.batch.callKey !== undefined;
  let after = 0;

  async function moreSingles(): Promise<Task[]> {
    const lease: DueLease = {
      owner,
      now: now(),
      for: LEASE_MS,
      botId: bot.id,
      campaignId: campaign?.id ?? null,
      limit: SINGLES,
      withoutCalls: call,
    };
    const due = [...(call ? await leaseCalls(db, lease) : []), ...(await leaseDue(db, lease))];
    const priorities = new Map(due.map((row) => [row.deliveryId, row.priority]));
    const rows = await readSingles(db, [...priorities.keys()], { call });
    for (const row of rows) singles.set(row.id, row);
    // What is settled has no business among what is due; what another has on the wire is left to be recovered.
    const gone = [...priorities.keys()].filter((id) => !singles.has(id));
    await removeDue(db, await settledAmong(db, gone));
    const tasks = await Promise.all(
      rows.map(async (outgoing): Promise<Task> => {
        const priority = priorities.get(outgoing.id) ?? 0;
        return taskOf(await recipeOf(outgoing), outgoing, { priority, single: true, slice: null });
      }),
    );
    return tasks.sort((a, b) => b.priority - a.priority);
  }

  function taskOf(
    { payloads, window }: Recipe,
    outgoing: Outgoing,
    about: Pick<Task, 'priority' | 'single' | 'slice'>,
  ): Task {
    const task: Task = { outgoing, payloads: [], isBroken: false, window: null, ...about };
    // One person's message that cannot be made must not hold up the others.
    const made = (make: (outgoing: Outgoing) => Payload[]): Payload[] => {
      try {
        return make(outgoing);
      } catch (error) {
        task.isBroken = true;
        unrendered.failed(error, { delivery: outgoing.id, bot: bot.row.publicId });
        return [];
      }
    };
    task.payloads = made(payloads);
    task.window = taskWindow(window && { ...window, template: () => made(window.template) }, outgoing);
    return task;
  }

  const recipeOf = async (outgoing: Outgoing): Promise<Recipe> => {
    if (outgoing.content) return singleRecipe(recipes, outgoing, outgoing.content, bot.channel);
    return campaign?.recipe ?? NOTHING;
  };

  async function moreOfSlices(own: { id: number; recipe: Recipe }): Promise<Task[]> {
    for (;;) {
      const leased = await leaseSlice(db, {
        campaignId: own.id,
        botId: bot.id,
        owner,
        now: now(),
        for: LEASE_MS,
        after,
      });
      if (!leased) {
        // Behind us slices may have been given back; ahead there is nothing.
        if (after === 0) return [];
        after = 0;
        continue;
      }
      const until = quiet()?.until(leased.timeZone, now()) ?? null;
      if (until !== null) {
        await restSlices(db, { slice: leased, owner, until });
        continue;
      }
      after = leased.first;
      const slice: LeasedSlice = { ...leased, remaining: 0, doubtful: false, restsUntil: null };
      slices.set(slice.id, slice);
      const { personal, window } = own.recipe;
      const rows = await readSlice(db, leased, { person: personal, window: window !== null, call });
      slice.remaining = rows.length;
      slice.doubtful = rows.length === 0;
      if (rows.length > 0) {
        return rows.map((outgoing) => taskOf(own.recipe, outgoing, { priority: 0, single: false, slice }));
      }
      await close(slice);
    }
  }

  /** One that holds what we know nothing of is left, and judged by recovery when its lease has run out. */
  async function close(slice: LeasedSlice): Promise<void> {
    const { id, doubtful, restsUntil } = slice;
    const left = doubtful && (await hasOpen(db, slice));
    if (!left && restsUntil !== null) await restSlice(db, { id, owner, until: restsUntil });
    else if (!left) await finishSlices(db, [id], owner);
    if (slices.get(id) === slice) slices.delete(id);
  }

  const holds = ({ single, slice, outgoing }: Task): boolean =>
    single ? singles.get(outgoing.id) === outgoing : slice !== null && slices.get(slice.id) === slice;

  function whenDone(what: string, work: Promise<void>): void {
    const closed = work.catch((error: unknown) => deps.log.error({ event: what, reason: String(error) }));
    closing.add(closed);
    void closed.then(() => closing.delete(closed));
  }

  function finished(task: Task): void {
    if (!holds(task)) return;
    if (task.single) singles.delete(task.outgoing.id);
    if (!task.slice) return;
    task.slice.remaining -= 1;
    if (task.slice.remaining === 0) whenDone('slice.not_finished', close(task.slice));
  }

  return {
    holds,
    finished,
    missed(task) {
      if (task.slice) task.slice.doubtful = true;
      finished(task);
    },
    async more() {
      const [due, sliced] = await Promise.all([moreSingles(), campaign ? moreOfSlices(campaign) : []]);
      return [...due, ...sliced];
    },
    postpone(task, until) {
      if (!holds(task)) return;
      if (task.slice) task.slice.restsUntil = Math.max(until, task.slice.restsUntil ?? 0);
      else whenDone('delivery.not_postponed', restSingle(db, { id: task.outgoing.id, owner, until }));
      finished(task);
    },
    async release() {
      await Promise.all(closing);
      await releaseSlices(db, [...slices.keys()], owner);
      await releaseDue(db, [...singles.keys()], owner);
      slices.clear();
      singles.clear();
    },
    held: () => ({ slices: [...slices.keys()], singles: [...singles.keys()] }),
  };
}
