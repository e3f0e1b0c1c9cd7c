// Limits: a gate lets messages go at a rate, whoever asks most urgently first. The pace is bottleneck's, one job
// granting a group of messages (a job costs 2.5 ms of timers); a sliding window just before the wire makes it exact.
import Bottleneck from 'bottleneck';
import { createWindow, paceOf } from '../domain/rate.ts';

export interface Gate {
  /** Resolves with how many of the wanted messages may go now, at least one; 0 once the gate is closed for good. */
  take(wanted: number, priority: number): Promise<number>;
  /** How many one grant lets go at most: to ask for more would be to hoard. */
  group(): number;
  /** Milliseconds until one more message fits into the sliding second; ask just before the wire. */
  wait(): number;
  /** Counts one message that goes out now. */
  record(): void;
  setRate(rate: number | null): void;
  /** Nothing goes before this instant, by `now`. */
  closeUntil(at: number): void;
  isClosed(): boolean;
  /** The instant of `closeUntil`, passed or not. */
  closedUntil(): number;
  /** Whoever waits gets nothing. */
  end(): void;
}

export interface GateOptions {
  /** Names the limit among the processes that share it. */
  key: string;
  rate: number | null;
  now: () => number;
  /** Where several processes share their limits. */
  connection?: Bottleneck.IORedisConnection | null;
}

interface Waiter {
  wanted: number;
  priority: number;
  resolve: (granted: number) => void;
}

/** Grants asked of bottleneck ahead of time: one runs while the next is timed. */
const QUEUED_GRANTS = 2;

/** So far behind its schedule a mailing may be and still catch up. */
const MOST_BEHIND_MS = 500;

/** What is made up for comes a little with each grant, not at once: bunched messages jostle on the way to the wire. */
const MADE_UP_SHARE = 0.25;

export function createGate({ key, rate: first, now, connection = null }: GateOptions): Gate {
  let rate = first;
  let limiter = limiterFor(key, rate, connection);
  let window = createWindow(rate ?? 1);
  let waiters: Waiter[] = [];
  let queued = 0;
  /** When the next grant should come. */
  let scheduled = 0;
  let closedUntil = 0;
  let ended = false;
  let reopening: NodeJS.Timeout | null = null;

  const isClosed = (): boolean => closedUntil > now();

  /** Hands a group of grants to the most urgent; among equals the one who asked first. What nobody wants is lost. */
  function serve(group: number): number {
    let left = group;
    while (left > 0 && waiters.length > 0) {
      const chosen = waiters.reduce((best, waiter) => (waiter.priority > best.priority ? waiter : best));
      const granted = Math.min(chosen.wanted, left);
      waiters = waiters.filter((waiter) => waiter !== chosen);
      left -= granted;
      chosen.resolve(granted);
    }
    return group - left;
  }

  /**
   * The grant of this moment, and a little of those that a stalled event loop missed while someone waited: the mean
   * keeps its word, and the sliding window sees to it that making up is never too much. Shared limits are not made up
   * for: each process would do it by itself.
   */
  function grant(group: number): void {
    const { interval } = paceOf(rate ?? 1);
    const at = performance.now();
    scheduled = connection === null ? Math.max(scheduled, at - MOST_BEHIND_MS) : at;
    const missed = Math.max(0, Math.floor(((at - scheduled) / interval) * group));
    const extra = Math.min(missed, Math.max(1, Math.round(group * MADE_UP_SHARE)));
    const granted = serve(group + extra);
    scheduled += (Math.max(group, granted) / group) * interval;
  }

  function request(): void {
    if (ended || waiters.length === 0) return;
    if (isClosed()) {
      reopening ??= setTimeout(
        () => {
          reopening = null;
          scheduled = performance.now();
          request();
        },
        closedUntil - now() + 1,
      );
      return;
    }
    if (limiter === null || rate === null) return void serve(Infinity);
    const { group } = paceOf(rate);
    const current = limiter;
    while (queued < Math.min(QUEUED_GRANTS, waiters.length)) {
      queued += 1;
      // A limiter that was replaced drops its jobs: the new one has been asked instead.
      void current
        .schedule(async () => {})
        .then(
          () => {
            if (current !== limiter) return;
            queued -= 1;
            if (!isClosed()) grant(group);
            request();
          },
          () => {},
        );
    }
  }

  return {
    take(wanted, priority) {
      if (ended) return Promise.resolve(0);
      if (rate === null && !isClosed()) return Promise.resolve(wanted);
      return new Promise((resolve) => {
        // After a pause the pace begins anew.
        if (waiters.length === 0 && queued === 0) scheduled = Math.max(scheduled, performance.now());
        waiters.push({ wanted, priority, resolve });
        request();
      });
    },
    group: () => (rate === null ? Infinity : paceOf(rate).group),
    wait: () => (rate === null ? 0 : window.wait(performance.now())),
    record() {
      if (rate !== null) window.record(performance.now());
    },
    setRate(next) {
      if (next === rate) return;
      rate = next;
      void limiter?.stop({ dropWaitingJobs: true });
      limiter = limiterFor(key, rate, connection);
      window = createWindow(rate ?? 1);
      queued = 0;
      scheduled = performance.now();
      request();
    },
    closeUntil(at) {
      closedUntil = Math.max(closedUntil, at);
    },
    isClosed,
    closedUntil: () => closedUntil,
    end() {
      ended = true;
      if (reopening) clearTimeout(reopening);
      void limiter?.stop({ dropWaitingJobs: true });
      for (const waiter of waiters) waiter.resolve(0);
      waiters = [];
    },
  };
}

function limiterFor(
  key: string,
  rate: number | null,
  connection: Bottleneck.IORedisConnection | null,
): Bottleneck | null {
  if (rate === null) return null;
  const options: Bottleneck.ConstructorOptions = { minTime: paceOf(rate).interval, maxConcurrent: null };
  return new Bottleneck(connection ? { ...options, id: `herald:${key}`, connection, datastore: 'ioredis' } : options);
}
