// Limits: a gate lets messages go at a rate, whoever asks most urgently first. The pace is bottleneck's, one job
// granting a group of messages (a job costs 2.5 ms of timers); a sliding window just before the wire makes it exact.
import Bottleneck from 'bottleneck';
import { createSlidingSecond, type Pace, paceOf } from '../domain/rate.ts';

export interface Gate {
  /**
   * Resolves with how many of the wanted messages may go now, at least one; 0 once the gate is closed for good or
   * whoever waits was sent away. Among equally urgent ones all askers get the same, however much each wants at a time.
   */
  take(wanted: number, priority: number, asker?: object): Promise<number>;
  /** How many one grant lets go at most: to ask for more would be to hoard. */
  group(): number;
  /** Milliseconds until one more message fits into the sliding second; ask just before the wire. */
  wait(): number;
  /** Counts one message that goes out now. */
  record(): void;
  /** Null: no limit; 0: nothing goes until there is another rate. */
  setRate(rate: number | null): void;
  /** Nothing goes before this instant, by `now`. */
  closeUntil(at: number): void;
  isClosed(): boolean;
  /** The instant of `closeUntil`, passed or not. */
  closedUntil(): number;
  /** Whoever waits at this moment gets nothing. */
  sendAway(): void;
  /** Whoever waits gets nothing, now and later. */
  end(): void;
}

export interface GateOptions {
  rate: number | null;
  now: () => number;
  /** Whether the rate is still this process's own to use; asked just before the wire. */
  isValid?: () => boolean;
}

interface Waiter {
  wanted: number;
  priority: number;
  asker: object;
  resolve: (granted: number) => void;
}

/** Grants asked of bottleneck ahead of time: one runs while the next is timed. */
const QUEUED_GRANTS = 2;

/** So far behind its schedule a mailing may be and still catch up. */
const MOST_BEHIND_MS = 500;

/**
 * What is made up for comes a little with each grant, not at once: bunched messages jostle on the way to the wire. A
 * quarter of a group more, or of what was missed where that is much: where stamping is slow, groups must be larger.
 */
const MADE_UP_SHARE = 0.25;

/** How soon one who may send nothing at all asks again. */
const ASK_AGAIN_MS = 100;

export function createGate({ rate: first, now, isValid = () => true }: GateOptions): Gate {
  let rate = first;
  let limiter = limiterFor(rate);
  const window = createSlidingSecond(rate ?? 1);
  const turns = createTurns();
  let waiters: Waiter[] = [];
  let queued = 0;
  /** When the next grant should come. */
  let scheduled = 0;
  let closedUntil = 0;
  let ended = false;
  let reopening: NodeJS.Timeout | null = null;

  const isClosed = (): boolean => closedUntil > now();

  /** Hands a group of grants to those whose turn it is. What nobody wants is lost. */
  function serve(group: number): number {
    let left = group;
    while (left > 0 && waiters.length > 0) {
      const chosen = waiters.reduce((best, waiter) => (goesBefore(waiter, best) ? waiter : best));
      const granted = Math.min(chosen.wanted, left);
      waiters = waiters.filter((waiter) => waiter !== chosen);
      left -= granted;
      turns.serve(chosen.asker, granted);
      chosen.resolve(granted);
    }
    return group - left;
  }

  const goesBefore = (a: Waiter, b: Waiter): boolean =>
    a.priority === b.priority ? turns.had(a.asker) < turns.had(b.asker) : a.priority > b.priority;

  /**
   * The grant of this moment, and a little of those that a stalled event loop missed while someone waited: the mean
   * keeps its word, and the sliding window sees to it that making up is never too much.
   */
  function grant({ group, interval }: Pace): void {
    const at = performance.now();
    scheduled = Math.max(scheduled, at - MOST_BEHIND_MS);
    const granted = serve(group + madeUp({ group, interval }, at - scheduled));
    scheduled += (Math.max(group, granted) / group) * interval;
  }

  function madeUp({ group, interval }: Pace, behind: number): number {
    const missed = Math.max(0, Math.floor((behind / interval) * group));
    return Math.min(missed, Math.max(1, Math.round(MADE_UP_SHARE * Math.max(group, missed))));
  }

  function groupNow(): number {
    if (rate === null) return Infinity;
    const pace = paceOf(rate);
    const behind = performance.now() - scheduled;
    // So far behind is nobody but who had nothing to send.
    return pace.group + (behind > MOST_BEHIND_MS ? 0 : madeUp(pace, behind));
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
    if (rate === null) return void serve(Infinity);
    if (limiter === null) return;
    const pace = paceOf(rate);
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
            if (!isClosed()) grant(pace);
            request();
          },
          () => {},
        );
    }
  }

  /** At most once each: bottleneck takes a second stop for an error. */
  function stopLimiter(): void {
    void limiter?.stop({ dropWaitingJobs: true });
    limiter = null;
  }

  function sendAway(): void {
    const away = waiters;
    waiters = [];
    for (const waiter of away) waiter.resolve(0);
  }

  return {
    take(wanted, priority, asker = {}) {
      if (ended) return Promise.resolve(0);
      if (rate === null && !isClosed()) return Promise.resolve(wanted);
      return new Promise((resolve) => {
        // After a pause the pace begins anew; a moment in which all were busy elsewhere is made up for.
        const at = performance.now();
        if (waiters.length === 0 && queued === 0 && at - scheduled > MOST_BEHIND_MS) scheduled = at;
        turns.join(asker);
        waiters.push({ wanted, priority, asker, resolve });
        request();
      });
    },
    group: groupNow,
    wait() {
      if (rate === null) return 0;
      return rate === 0 || !isValid() ? ASK_AGAIN_MS : window.wait(performance.now());
    },
    record() {
      if (rate !== null) window.record(performance.now());
    },
    setRate(next) {
      if (next === rate) return;
      rate = next;
      window.setRate(rate ?? 1);
      stopLimiter();
      // What was stamped before the end still passes the window.
      if (ended) return;
      limiter = limiterFor(rate);
      queued = 0;
      scheduled = performance.now();
      request();
    },
    closeUntil(at) {
      closedUntil = Math.max(closedUntil, at);
    },
    closedUntil: () => closedUntil,
    isClosed,
    sendAway,
    end() {
      ended = true;
      if (reopening) clearTimeout(reopening);
      stopLimiter();
      sendAway();
    },
  };
}

const limiterFor = (rate: number | null): Bottleneck | null =>
  rate ? new Bottleneck({ minTime: paceOf(rate).interval, maxConcurrent: null }) : null;

/** Who had how much: the next turn is that of whoever had least, and who stayed away comes back without arrears. */
function createTurns(): {
  join(asker: object): void;
  had(asker: object): number;
  serve(asker: object, by: number): void;
} {
  const served = new WeakMap<object, number>();
  let current = 0;
  const had = (asker: object): number => served.get(asker) ?? current;
  return {
    had,
    join: (asker) => void served.set(asker, Math.max(had(asker), current)),
    serve(asker, by) {
      current = Math.max(current, had(asker));
      served.set(asker, had(asker) + by);
    },
  };
}
