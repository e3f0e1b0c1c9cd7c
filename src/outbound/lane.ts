// A lane carries the deliveries of one campaign over one bot, or the urgent ones of one bot, group after group:
// wait for the limits, stamp, deliver, settle. It holds leases only while it lives and gives back what it did not send.
import { intoCalls } from '../domain/batches.ts';
import { isForgotten, readCallKey } from '../domain/call-keys.ts';
import type { Envelope, Outcome } from '../domain/channel.ts';
import { type Meter, observe } from '../meter.ts';
import { isAway } from '../store/away.ts';
import type { Quiet } from '../domain/quiet-hours.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, settledBy } from './answer.ts';
import type { LiveBot } from './bots.ts';
import { callOf, newAmong, newCalls, payloadOf, restOf, stampedCalls } from './calls.ts';
import { IN_FLIGHT, type OutboundDeps, STAMP_GROUP } from './context.ts';
import type { Settler } from './settler.ts';
import type { Source, Task } from './source.ts';
import { createPassage } from './passage.ts';
import { createPutOff } from './put-off.ts';
import { createStamping, type Unsent } from './stamping.ts';
import type { Gate } from './throttle.ts';
import { mayPass } from './windows.ts';

/** Steps that take turns, so that neither the pace nor the wire waits for the store: most of a stamp is waiting for the disk. */
const STEPS = 5;

/** Between two attempts to give back what is leased. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4000;

/** With fewer ready the next slice is read, while these go out. */
const READ_AHEAD = 4 * STAMP_GROUP;

export interface LaneParts {
  deps: OutboundDeps;
  bot: LiveBot;
  /** The mailing's limit; null for what is urgent. */
  gate: Gate | null;
  /** The bot's limit, as it holds here. */
  botGate: Gate;
  source: Source;
  /** The quiet hours of the mailing, as they are now; null: none. */
  quiet: () => Quiet | null;
  settler: Settler;
  meter: Meter;
  /** Told of every outcome, for what concerns more than one delivery. */
  watch: (outcome: Outcome) => void;
}

export interface Lane {
  /** Resolves when nothing is left to send, or the lane was halted and what was in flight is settled. */
  done: Promise<void>;
  /** Stops taking; what is in flight is finished. */
  halt(): void;
  /** Messages stamped and not settled yet. */
  inFlight(): number;
}

export function startLane({ deps, bot, gate, botGate, source, quiet, settler, meter, watch }: LaneParts): Lane {
  const { now } = deps;
  const { idempotent, batch } = bot.channel.capabilities;
  const stamping = createStamping({ deps, botId: bot.id, source });
  // A batch endpoint is given what it takes, as far as one lane may have in flight.
  const stampGroup = Math.min(IN_FLIGHT, Math.max(STAMP_GROUP, batch.size));
  let halted = false;
  let inFlight = 0;
  /** Ready to go, the next one first. */
  let ready: Task[] = [];
  const putOff = createPutOff({ bot, source, now });
  /** Taken out of `ready`, not stamped yet. */
  let claimed = 0;
  let refilling: Promise<void> | null = null;
  const sleepers: (() => void)[] = [];

  const wake = (): void => {
    for (const sleeper of sleepers.splice(0)) sleeper();
  };

  const changed = (ms: number | null): Promise<void> =>
    new Promise((resolve) => {
      const timer = ms === null ? null : setTimeout(resolve, ms);
      sleepers.push(() => {
        if (timer) clearTimeout(timer);
        resolve();
      });
    });

  const isDrained = (): boolean => inFlight === 0;

  const goesOn = (): boolean => !halted && bot.row.status === 'connected';

  const passage = createPassage({ gate, botGate, ownGate: bot.gate, asker: source, goesOn });

  /** One of the steps that take turns: while one stamps its group, the next already waits for its grant. */
  async function step(): Promise<void> {
    while (goesOn()) {
      await ahead();
      ready = putOff.withoutCrowded(withoutQuiet(ready));
      const group = nextGroup();
      if (group.length > 0) await go(group);
      else if (ready.length + inFlight + claimed === 0 && putOff.wait() === null) break;
      else await changed(putOff.wait());
    }
    wake();
  }

  /** Takes what may go now out of what is ready; nothing where it is better to wait until more fits. */
  function nextGroup(): Task[] {
    const [first] = ready;
    if (!first) return [];
    const space = bot.reach.isAway() ? 1 : IN_FLIGHT;
    const free = space - inFlight - claimed;
    const key = callOf(first);
    if (key !== null) return takeRepeat(key, free);
    const most = Math.min(space, stampGroup, passage.group());
    const room = Math.min(free, most);
    if (room < Math.min(most / 2, ready.length)) return [];
    return ready.splice(0, batch.callKey ? newAmong(ready, room) : room);
  }

  /** As a whole, or not yet. */
  function takeRepeat(key: string, free: number): Task[] {
    const members = ready.filter((task) => callOf(task) === key);
    if (members.length > free && inFlight + claimed > 0) return [];
    ready = ready.filter((task) => callOf(task) !== key);
    return members;
  }

  /** Has the next deliveries read in good time, and waits for them only where nothing else is ready. */
  async function ahead(): Promise<void> {
    const due = putOff.due();
    if (due.length > 0) ready = [...due, ...ready];
    if (ready.length >= READ_AHEAD) return;
    refilling ??= source
      .more()
      .then((tasks) => void ready.push(...tasks))
      .finally(() => {
        refilling = null;
      });
    if (ready.length < stampGroup) await refilling;
    else refilling.catch(halt);
  }

  /** Gives back whose quiet hours it is. A message that has gone out in part is finished. */
  function withoutQuiet(tasks: Task[]): Task[] {
    const hours = quiet();
    if (hours === null) return tasks;
    const rest = restOf(tasks, ({ outgoing, single }) =>
      outgoing.parts > 0 && !single ? null : hours.until(outgoing.timeZone, now()),
    );
    return tasks.filter((task) => {
      const until = rest(task);
      if (until !== null) source.postpone(task, until);
      return until === null;
    });
  }

  async function go(group: Task[]): Promise<void> {
    claimed += group.length;
    try {
      const asked = performance.now();
      const [first] = group;
      const whole = first !== undefined && callOf(first) !== null;
      const granted = await passage.take(group.length, { priority: first?.priority ?? 0, whole });
      observe(meter.limiterWait, (performance.now() - asked) / 1000);
      const going = goesOn() ? granted : 0;
      ready.unshift(...group.slice(going));
      if (going > 0) await send(group.slice(0, going));
    } finally {
      claimed -= group.length;
      wake();
    }
  }

  function halt(): void {
    halted = true;
    wake();
  }

  async function live(): Promise<void> {
    const steps = Array.from({ length: STEPS }, () => step().finally(halt));
    const ends = await Promise.allSettled(steps);
    // Whatever is being read is leased, too.
    await refilling?.catch(() => undefined);
    while (!isDrained()) await changed(null);
    await giveBack();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Also after an error: most often the database was away, and nobody should wait for leases to run out. */
  async function giveBack(): Promise<void> {
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(2 * wait, LONGEST_RETRY_MS)) {
      try {
        await stamping.takeBack();
        return await source.release();
      } catch (error) {
        if (wait === LONGEST_RETRY_MS && !isAway(error)) throw error;
        await pause(wait, undefined, { ref: false });
      }
    }
  }

  async function send(taken: Task[]): Promise<void> {
    // Once more, since the limits may have taken their time.
    const group = putOff.withoutClosed(withoutQuiet(taken));
    const [first] = group;
    const key = first ? callOf(first) : null;
    if (key !== null) return sendAgain(key, group);
    const unsent = unsentOf(group);
    const writable = group.filter(
      (task) => task.payloads.length > 0 && !unsent.closed.has(task) && source.holds(task) && putOff.mayWrite(task),
    );
    const stampedAt = now();
    const keyed = batch.callKey ? newCalls(writable, batch, stampedAt) : null;
    const { stamped, held } = await stamping.stamp(writable, stampedAt, keyed?.keys);
    const going = writable.filter((task) => stamped.has(task.outgoing.id));
    inFlight += going.length;
    for (const call of keyed ? stampedCalls(keyed, stamped) : intoCalls(going, batch, payloadOf)) {
      await passage.pass(call.length);
      deliver(call, stampedAt, false);
    }
    if (held.some((row) => row.why === 'stopped')) halted = true;
    await stamping.leaveOut(group, held, unsent);
  }

  /** A call that may have arrived, under the key it had: with nobody new, and without nobody who would come later. */
  async function sendAgain(key: string, group: Task[]): Promise<void> {
    if (!group.every(source.holds)) {
      for (const task of group) source.missed(task);
      return;
    }
    if (!putOff.mayWriteToAll(group)) return;
    const stampedAt = now();
    const repeat = { key, tasks: group, unsent: unsentOf(group) };
    const { going, stopped, whole } = await stamping.stampAgain(repeat, stampedAt);
    if (stopped) halted = true;
    if (going.length === 0) return;
    inFlight += going.length;
    if (!whole || !batch.callKey || isForgotten(key, batch.callKey, now())) return leaveInDoubt(going, stampedAt);
    await passage.pass(going.length);
    deliver(going, stampedAt, true);
  }

  function unsentOf(group: readonly Task[]): Unsent {
    const closed = new Set(group.filter((task) => !mayPass(task, now())));
    return { closed, empty: group.filter((task) => task.payloads.length === 0 && !closed.has(task)) };
  }

  function deliver(call: readonly Task[], stampedAt: number, isRepeat: boolean): void {
    const called = performance.now();
    const heard = (outcomes: readonly Outcome[]): void => {
      observe(meter.delivery, (performance.now() - called) / 1000);
      hear(call, outcomes, { stampedAt, isRepeat });
    };
    // Two callbacks and not three functions that wait for each other: this runs for every message.
    bot.channel.deliver(call.map(envelopeOf), bot.channelBot).then(heard, (error: unknown) => {
      deps.log.error({ event: 'delivery.threw', bot: bot.row.publicId, reason: String(error) });
      heard(call.map(() => ({ status: 'unknown', detail: 'internal error' })));
    });
  }

  function hear(
    call: readonly Task[],
    outcomes: readonly Outcome[],
    { stampedAt, isRepeat }: Pick<Answer, 'stampedAt' | 'isRepeat'>,
  ): void {
    const at = now();
    const closedUntil = bot.reach.hear(outcomes, at);
    if (closedUntil !== null) passage.closeUntil(closedUntil);
    // What went together and failed together comes back together, in one call again.
    const answer = { stampedAt, at, closedUntil, random: deps.random(), idempotent, isRepeat };
    call.forEach((task, index) =>
      answered(task, outcomes[index] ?? { status: 'unknown', detail: 'no outcome' }, answer),
    );
  }

  /** The platform has forgotten its key, or a repeat would be without somebody: what it made of it could not be known. */
  function leaveInDoubt(call: readonly Task[], stampedAt: number): void {
    const answer = { stampedAt, at: now(), closedUntil: null, random: 0, idempotent: false, isRepeat: true };
    for (const task of call) answered(task, { status: 'unknown', detail: 'cannot be repeated' }, answer);
  }

  function answered(task: Task, outcome: Outcome, answer: Answer): void {
    const { outgoing } = task;
    // Once more at the answer: on the way a message may have been held up, and the next must not come too close.
    bot.chats.record(outgoing.connectionId, answer.at);
    const record = settledBy(task, outcome, answer);
    const { settled } = record;
    if (settled.botClosedUntil?.until) passage.closeUntil(settled.botClosedUntil.until);
    if (outcome.status === 'throttled' && outcome.scope === 'host')
      bot.hosts?.close(outgoing.address, outcome.retryAt, answer.at);
    watch(outcome);
    settler.add(record, (isWritten) => {
      inFlight -= 1;
      outgoing.attempts = settled.attempts;
      outgoing.parts = settled.parts;
      if (record.call?.keep === false) outgoing.callKey = null;
      if (!isWritten) source.missed(task);
      else if (record.kept) ready.unshift(task);
      else source.finished(task);
      wake();
    });
  }

  return { done: live(), halt, inFlight: () => inFlight };
}

function envelopeOf(task: Task): Envelope {
  const { id, parts, address, callKey } = task.outgoing;
  const envelope = { payload: payloadOf(task), address, key: `${id}-${parts}` };
  return callKey === null ? envelope : { ...envelope, call: { key: callKey, size: readCallKey(callKey).size } };
}
