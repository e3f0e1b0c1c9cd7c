// Whom a lane must not write to yet: where a platform names a pace to one person, or where the messages of many go through
// one host that has its own. They wait here while others go, or are given back to be read again.
import type { LiveBot } from './bots.ts';
import type { Source, Task } from './source.ts';

export interface PutOff {
  /** May this person be written to now? Counts it as done, or keeps the task for later. */
  mayWrite(task: Task): boolean;
  /** The same for people who are written to together or not at all. */
  mayWriteToAll(tasks: readonly Task[]): boolean;
  /** Leaves those whose host may have them now. The others come back at their time, or are given back to be read again then. */
  withoutCrowded(tasks: Task[]): Task[];
  /** The same, just before the wire: while they waited for the limits their host may have asked for a pause. */
  withoutClosed(tasks: Task[]): Task[];
  /** Takes out those whose time has come, the first one first. */
  due(): Task[];
  /** Milliseconds until the next one's time comes; null: nobody waits. */
  wait(): number | null;
}

export interface PutOffParts {
  bot: Pick<LiveBot, 'chats' | 'hosts'>;
  source: Pick<Source, 'postpone'>;
  now: () => number;
}

export function createPutOff({ bot: { chats, hosts }, source, now }: PutOffParts): PutOff {
  let later: { task: Task; at: number }[] = [];

  function keep(tasks: readonly Task[], at: number): void {
    for (const task of tasks) later.push({ task, at });
    later.sort((a, b) => a.at - b.at);
  }

  /** To be read again then. A message that has gone out in part stays with this lane. */
  function putBack(task: Task, until: number): void {
    if (task.outgoing.parts > 0 && !task.single) later.push({ task, at: until });
    else source.postpone(task, until);
  }

  function mayEnter(task: Task): boolean {
    const turn = hosts?.turn(task, task.outgoing.address, now()) ?? null;
    if (turn === null) return true;
    if (turn.reserved) later.push({ task, at: turn.at });
    else putBack(task, turn.at);
    return false;
  }

  return {
    mayWrite(task) {
      const { connectionId } = task.outgoing;
      const wait = chats.wait(connectionId, now());
      if (wait === 0) chats.record(connectionId, now());
      else keep([task], now() + wait);
      return wait === 0;
    },
    mayWriteToAll(tasks) {
      const at = now();
      const wait = Math.max(...tasks.map(({ outgoing }) => chats.wait(outgoing.connectionId, at)));
      if (wait === 0) for (const { outgoing } of tasks) chats.record(outgoing.connectionId, at);
      else keep(tasks, at + wait);
      return wait === 0;
    },
    withoutCrowded(tasks) {
      if (hosts === null) return tasks;
      const going = tasks.filter(mayEnter);
      if (going.length < tasks.length) later.sort((a, b) => a.at - b.at);
      return going;
    },
    withoutClosed(tasks) {
      if (hosts === null) return tasks;
      return tasks.filter((task) => {
        const until = hosts.closedUntil(task.outgoing.address);
        if (until > now()) putBack(task, until);
        return until <= now();
      });
    },
    due() {
      const due = later.filter(({ at }) => at <= now());
      if (due.length > 0) later = later.filter(({ at }) => at > now());
      return due.map(({ task }) => task);
    },
    wait: () => (later[0] ? Math.max(1, later[0].at - now()) : null),
  };
}
