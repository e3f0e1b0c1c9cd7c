// The tab's live stream: shared, silent failures noticed, coming back, polling meanwhile.
import { expect } from 'chai';
import { createLiveStream, POLL_MS, readEvents, reconnectDelay, STALE_MS } from '../../admin/src/api/live-stream.ts';
import type { StreamDeps } from '../../admin/src/api/live-stream.ts';
import { until } from '../support/services.ts';

interface Timer {
  ms: number;
  run: () => void;
}

/** A world whose connections are fed by hand and whose timers fire when told. */
function world() {
  const opened: { lastEventId: string | null; say: (text: string) => void; end: () => void; aborted: () => boolean }[] =
    [];
  const timers = new Set<Timer>();
  const heard: string[] = [];
  let gaps = 0;
  let polls = 0;
  const deps: StreamDeps = {
    async *open(lastEventId, signal) {
      const queue: (string | null)[] = [];
      let wake = (): void => undefined;
      const put = (item: string | null): void => {
        queue.push(item);
        wake();
      };
      signal.addEventListener('abort', () => put(null));
      opened.push({ lastEventId, say: put, end: () => put(null), aborted: () => signal.aborted });
      for (;;) {
        const item = queue.shift();
        if (item === null) return;
        if (item === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else yield item;
      }
    },
    onEvent: (event) => heard.push(event.data),
    onGap: () => (gaps += 1),
    poll: () => (polls += 1),
    random: () => 0,
    setTimer: (run, ms) => {
      const timer = { run, ms };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const fire = (ms: number): void => {
    for (const timer of [...timers].filter((one) => one.ms === ms)) {
      timers.delete(timer);
      timer.run();
    }
  };
  return { deps, opened, heard, fire, timers, gaps: () => gaps, polls: () => polls };
}

describe('live stream', () => {
  it('opens once for many members and closes with the last', async () => {
    const it = world();
    const stream = createLiveStream(it.deps);
    const leave = [stream.join(), stream.join()];
    await until('it is opened', () => it.opened.length === 1);
    leave[0]?.();
    leave[0]?.();
    expect(it.opened[0]?.aborted()).to.equal(false);
    leave[1]?.();
    expect(it.opened[0]?.aborted()).to.equal(true);
    expect(stream.state()).to.equal('closed');
    expect(it.timers.size).to.be.at.most(1);
  });

  it('hands over events that come in pieces', async () => {
    const it = world();
    createLiveStream(it.deps).join();
    await until('it is opened', () => it.opened.length === 1);
    it.opened[0]?.say('id: 7\ndata: {"a"');
    it.opened[0]?.say(':1}\n\n: heartbeat\n\n');
    await until('it is heard', () => it.heard.length === 1);
    expect(it.heard).to.deep.equal(['{"a":1}']);
  });

  it('comes back after the end, from the last event, and tells of the gap', async () => {
    const it = world();
    const stream = createLiveStream(it.deps);
    stream.join();
    await until('it is opened', () => it.opened.length === 1);
    it.opened[0]?.say('id: 7\ndata: x\n\n');
    await until('it is open', () => stream.state() === 'open');
    it.opened[0]?.end();
    await until('it pauses', () => stream.state() === 'paused');
    it.fire(POLL_MS);
    expect(it.polls()).to.equal(1);
    it.fire(reconnectDelay(0, 0));
    await until('it is opened again', () => it.opened.length === 2);
    expect(it.opened[1]?.lastEventId).to.equal('7');
    it.opened[1]?.say('');
    await until('it is open again', () => stream.state() === 'open');
    expect(it.gaps()).to.equal(1);
  });

  it('gives up a stream that fell silent', async () => {
    const it = world();
    const stream = createLiveStream(it.deps);
    stream.join();
    await until('it is opened', () => it.opened.length === 1);
    it.fire(STALE_MS);
    await until('it pauses', () => stream.state() === 'paused');
  });
});

describe('reconnectDelay', () => {
  it('doubles up to half a minute and never falls below half', () => {
    expect([0, 1, 4, 9].map((attempt) => reconnectDelay(attempt, 0))).to.deep.equal([1000, 2000, 16_000, 30_000]);
    expect(reconnectDelay(9, 1)).to.equal(15_000);
  });
});

describe('readEvents', () => {
  it('keeps what is not finished and joins lines of data', () => {
    expect(readEvents('event: b\ndata: 1\r\ndata: 2\n\ndata: 3')).to.deep.equal({
      events: [{ id: null, event: 'b', data: '1\n2' }],
      rest: 'data: 3',
    });
  });
});
