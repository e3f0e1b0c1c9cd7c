import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { createGate, type Gate } from '../../src/outbound/throttle.ts';

describe('createGate', () => {
  const gates: Gate[] = [];
  const gate = (rate: number | null): Gate => {
    const made = createGate({ rate, now: Date.now });
    gates.push(made);
    return made;
  };
  afterEach(() => {
    for (const made of gates.splice(0)) made.end();
  });

  it('lets all go at once without a limit', async () => {
    expect(await gate(null).take(500, 0)).to.equal(500);
  });

  it('grants a group at a time, and a quarter more where it came late', async () => {
    expect(await gate(1000).take(500, 0)).to.be.within(20, 25);
  });

  it('serves the most urgent first, among equals the first', async () => {
    const limited = gate(50);
    const order: string[] = [];
    const ask = (name: string, priority: number): Promise<void> =>
      limited.take(1, priority).then(() => void order.push(name));
    await Promise.all([ask('first', 0), ask('second', 0), ask('test', 5), ask('reply', 10)]);
    expect(order).to.deep.equal(['reply', 'test', 'first', 'second']);
  });

  it('lets nothing go before the platform’s time', async () => {
    const limited = gate(100);
    const until = Date.now() + 120;
    limited.closeUntil(until);
    expect(limited.isClosed()).to.equal(true);
    await limited.take(1, 0);
    expect(Date.now()).to.be.at.least(until);
  });

  it('follows a moved slider at once', async () => {
    const limited = gate(1);
    await limited.take(1, 0);
    const waiting = limited.take(1, 0);
    const started = performance.now();
    limited.setRate(100);
    await waiting;
    expect(performance.now() - started).to.be.lessThan(500);
  });

  it('keeps within the limit over any second, also after the event loop stood still', async () => {
    const limited = gate(40);
    const sent: number[] = [];
    const end = Date.now() + 1800;
    while (Date.now() < end) {
      await limited.take(1, 0);
      for (let wait = limited.wait(); wait > 0; wait = limited.wait()) await pause(Math.ceil(wait));
      limited.record();
      sent.push(performance.now());
      if (sent.length === 20) for (const stop = Date.now() + 150; Date.now() < stop;);
    }
    const inSecondFrom = (start: number): number => sent.filter((at) => at >= start && at < start + 1000).length;
    expect(Math.max(...sent.map(inSecondFrom))).to.be.at.most(40);
  });

  it('gives those who wait nothing when it ends', async () => {
    const limited = gate(1);
    await limited.take(1, 0);
    const waiting = limited.take(1, 0);
    limited.end();
    expect(await waiting).to.equal(0);
  });
});
