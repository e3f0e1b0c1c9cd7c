// A lane carries the deliveries of one campaign over one bot, or the urgent ones of one bot, group after group:
// wait for the limits, stamp, deliver, settle. It holds leases only while it lives and gives back what it did not send.
import { intoCalls } from '../domain/batches.ts';
import { settle } from '../domain/delivery.ts';
import type { Envelope, Outcome, Payload } from '../domain/channel.ts';
import { type Meter, observe } from '../meter.ts';
import { isAway } from '../store/away.ts';
import type { Quiet } from '../domain/quiet-hours.ts';
import type { SettledDelivery } from '../store/settled.ts';
import { setTimeout as pause } from 'node:timers/promises';
import type { LiveBot } from './bots.ts';
import { IN_FLIGHT, type OutboundDeps, STAMP_GROUP } from './context.ts';
import { judge } from './reach.ts';
import type { Settler } from './settler.ts';
import type { Source, Task } from './source.ts';
import { createStamping } from './stamping.ts';
import type { Gate } from './throttle.ts';
import { isCharged, mayPass } from './windows.ts';

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
  const stamping = createStamping({ deps, botId: bot.id, source });
  // A batch endpoint is given what it takes, as far as one lane may have in flight.
  const stampGroup = Math.min(IN_FLIGHT, Math.max(STAMP_GROUP, bot.channel.capabilities.batch.size));
  let halted = false;
  let inFlight = 0;
  /** Ready to go, the next one first. */
  let ready: Task[] = [];
  /** Must not go to this person yet. */
  let later: { task: Task; at: number }[] = [];
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

  /** One of the steps that take turns: while one stamps its group, the next already waits for its grant. */
  async function step(): Promise<void> {
    while (goesOn()) {
      await ahead();
      ready = withoutCrowded(withoutQuiet(ready));
      const space = bot.reach.isAway() ? 1 : IN_FLIGHT;
      const most = Math.min(space, stampGroup, gate?.group() ?? Infinity, botGate.group());
      const room = Math.min(space - inFlight - claimed, most);
      if (ready.length > 0 && room >= Math.min(most / 2, ready.length)) await go(ready.splice(0, room));
      else if (ready.length + later.length + inFlight + claimed === 0) break;
      else await changed(later[0] ? Math.max(1, later[0].at - now()) : null);
    }
    wake();
  }

  /** Has the next deliveries read in good time, and waits for them only where nothing else is ready. */
  async function ahead(): Promise<void> {
    bringBack();
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
    return tasks.filter((task) => {
      const until = task.outgoing.parts > 0 && !task.single ? null : hours.until(task.outgoing.timeZone, now());
      if (until !== null) source.postpone(task, until);
      return until === null;
    });
  }

  /** Leaves those whose host may have them now. The others come back at their time, or are given back to be read again then. */
  function withoutCrowded(tasks: Task[]): Task[] {
    if (bot.hosts === null) return tasks;
    const going = tasks.filter((task) => mayEnter(task));
    if (going.length < tasks.length) later.sort((a, b) => a.at - b.at);
    return going;
  }

  function mayEnter(task: Task): boolean {
    const turn = bot.hosts?.turn(task, task.outgoing.address, now()) ?? null;
    if (turn === null) return true;
    if (turn.reserved) later.push({ task, at: turn.at });
    else putBack(task, turn.at);
    return false;
  }

  /** While they waited for the limits their host may have asked for a pause. */
  function withoutClosed(tasks: Task[]): Task[] {
    const { hosts } = bot;
    if (hosts === null) return tasks;
    return tasks.filter((task) => {
      const until = hosts.closedUntil(task.outgoing.address);
      if (until > now()) putBack(task, until);
      return until <= now();
    });
  }

  /** To be read again then. A message that has gone out in part stays with this lane. */
  function putBack(task: Task, until: number): void {
    if (task.outgoing.parts > 0 && !task.single) later.push({ task, at: until });
    else source.postpone(task, until);
  }

  async function go(group: Task[]): Promise<void> {
    claimed += group.length;
    try {
      const asked = performance.now();
      const granted = await take(group.length, group[0]?.priority ?? 0);
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

  function bringBack(): void {
    const due = later.filter(({ at }) => at <= now());
    if (due.length === 0) return;
    later = later.filter(({ at }) => at > now());
    ready = [...due.map(({ task }) => task), ...ready];
  }

  /** The mailing's limit first, then the bot's, which several mailings share. */
  async function take(wanted: number, priority: number): Promise<number> {
    const allowed = gate ? await gate.take(wanted, priority) : wanted;
    let granted = 0;
    while (granted < allowed) {
      const more = await botGate.take(allowed - granted, priority, source);
      if (more === 0) return 0;
      granted += more;
    }
    return allowed;
  }

  async function send(taken: Task[]): Promise<void> {
    // Once more, since the limits may have taken their time.
    const group = withoutClosed(withoutQuiet(taken));
    const closed = new Set(group.filter((task) => !mayPass(task, now())));
    const empty = group.filter((task) => task.payloads.length === 0 && !closed.has(task));
    const writable = group.filter(
      (task) => task.payloads.length > 0 && !closed.has(task) && source.holds(task) && mayWriteNow(task),
    );
    const stampedAt = now();
    const { stamped, held } = await stamping.stamp(writable, stampedAt);
    const going = writable.filter((task) => stamped.has(task.outgoing.id));
    inFlight += going.length;
    for (const together of intoCalls(going, bot.channel.capabilities.batch, payloadOf)) {
      for (let count = together.length; count > 0; count -= 1) {
        for (let wait = windowWait(); wait > 0; wait = windowWait()) await pause(Math.ceil(wait));
        gate?.record();
        botGate.record();
      }
      deliver(together, stampedAt);
    }
    if (held.some((row) => row.why === 'stopped')) halted = true;
    await stamping.leaveOut(group, held, { empty, closed });
  }

  function mayWriteNow(task: Task): boolean {
    const wait = bot.chats.wait(task.outgoing.connectionId, now());
    if (wait === 0) {
      bot.chats.record(task.outgoing.connectionId, now());
      return true;
    }
    later.push({ task, at: now() + wait });
    later.sort((a, b) => a.at - b.at);
    return false;
  }

  /** The sliding second of the mailing and of the bot. */
  const windowWait = (): number => Math.max(gate?.wait() ?? 0, botGate.wait());

  /** The bot waits, whatever the limit it is held to. */
  function closeUntil(until: number): void {
    for (const one of new Set([botGate, bot.gate])) one.closeUntil(until);
  }

  function deliver(batch: readonly Task[], stampedAt: number): void {
    const called = performance.now();
    const heard = (outcomes: readonly Outcome[]): void => {
      observe(meter.delivery, (performance.now() - called) / 1000);
      hear(batch, outcomes, stampedAt);
    };
    // Two callbacks and not three functions that wait for each other: this runs for every message.
    bot.channel.deliver(batch.map(envelopeOf), bot.channelBot).then(heard, (error: unknown) => {
      deps.log.error({ event: 'delivery.threw', bot: bot.row.publicId, reason: String(error) });
      heard(batch.map(() => ({ status: 'unknown', detail: 'internal error' })));
    });
  }

  function hear(batch: readonly Task[], outcomes: readonly Outcome[], stampedAt: number): void {
    const at = now();
    const closedUntil = bot.reach.hear(outcomes, at);
    if (closedUntil !== null) closeUntil(closedUntil);
    // What went together and failed together comes back together, in one call again.
    const answer = { stampedAt, at, closedUntil, random: deps.random() };
    batch.forEach((task, index) =>
      answered(task, outcomes[index] ?? { status: 'unknown', detail: 'no outcome' }, answer),
    );
  }

  function answered(task: Task, answer: Outcome, { stampedAt, at, closedUntil, random }: Answer): void {
    const { outgoing, payloads } = task;
    const tried = {
      attempts: outgoing.attempts,
      parts: outgoing.parts,
      payloads: payloads.length,
      idempotent: bot.channel.capabilities.idempotent,
    };
    // Once more at the answer: on the way a message may have been held up, and the next must not come too close.
    bot.chats.record(outgoing.connectionId, at);
    const outcome = judge(answer, closedUntil);
    const settled = settle(tried, outcome, at, random);
    // A next payload, or a closed bot: this lane goes on with it.
    const kept = settled.state === 'planned' && (outcome.status === 'accepted' || settled.botClosedUntil !== null);
    const record: SettledDelivery = {
      id: outgoing.id,
      campaignId: outgoing.campaignId,
      botId: outgoing.botId,
      subscriberId: outgoing.subscriberId,
      connectionId: outgoing.connectionId,
      purpose: outgoing.purpose,
      settled,
      priority: task.priority,
      single: task.single,
      kept,
      ...(outcome.status === 'accepted' && isCharged(task, at) ? { charged: true } : {}),
      stampedAt,
      at,
    };
    if (settled.botClosedUntil?.until) closeUntil(settled.botClosedUntil.until);
    if (outcome.status === 'throttled' && outcome.scope === 'host')
      bot.hosts?.close(outgoing.address, outcome.retryAt, at);
    watch(answer);
    settler.add(record, (isWritten) => {
      inFlight -= 1;
      outgoing.attempts = settled.attempts;
      outgoing.parts = settled.parts;
      if (!isWritten) source.missed(task);
      else if (kept) ready.unshift(task);
      else source.finished(task);
      wake();
    });
  }

  return { done: live(), halt, inFlight: () => inFlight };
}

/** What the outcomes of one call have in common. */
interface Answer {
  stampedAt: number;
  at: number;
  /** The platform is away: until when the bot waits. */
  closedUntil: number | null;
  random: number;
}

function envelopeOf(task: Task): Envelope {
  const { id, parts, address } = task.outgoing;
  return { payload: payloadOf(task), address, key: `${id}-${parts}` };
}

/** The next of its payloads. */
const payloadOf = ({ payloads, outgoing }: Task): Payload => payloads[outgoing.parts] ?? {};
