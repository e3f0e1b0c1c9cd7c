import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { createGate, type Gate } from '../../src/outbound/throttle.ts';
import { mostInAnySecond } from '../support/pace.ts';

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
    const limited = gate(0.01);
    await limited.take(1, 0);
    const waiting = limited.take(1, 0);
    limited.setRate(100);
    // At the rate of before it would take a hundred seconds.
    expect(await waiting).to.equal(1);
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
    expect(mostInAnySecond(sent)).to.be.at.most(40);
  });

  it('gives all that ask the same, however much each wants at a time', async () => {
    const limited = gate(500);
    let left = 600;
    const got = await Promise.all(
      [2, 4, 10].map(async (wanted) => {
        const asker = {};
        let sum = 0;
        const step = async (): Promise<void> => {
          while (left > 0) {
            const granted = await limited.take(wanted, 0, asker);
            sum += granted;
            left -= granted;
          }
        };
        await Promise.all([step(), step(), step()]);
        return sum;
      }),
    );
    const fair = got.reduce((sum, one) => sum + one, 0) / 3;
    // A tenth, and one group that was under way at the end.
    for (const one of got) expect(one).to.be.within(fair * 0.9 - 10, fair * 1.1 + 10);
  });

  it('gives those who ask for little what they ask for, and the rest to those who want more', async () => {
    const limited = gate(200);
    const end = performance.now() + 1000;
    const modest = {};
    let little = 0;
    const timer = setInterval(() => void limited.take(1, 0, modest).then((granted) => (little += granted)), 50);
    const rest = {};
    let much = 0;
    while (performance.now() < end) much += await limited.take(10, 0, rest);
    clearInterval(timer);
    expect(little, 'twenty a second').to.be.within(15, 21);
    expect(much).to.be.within(140, 185);
  });

  it('remembers the last second when its rate moves: no more than the larger of the two go', async () => {
    const limited = gate(30);
    const sent: number[] = [];
    const rates = [30, 10, 30, 20, 30, 5, 30];
    const end = performance.now() + 2600;
    let moved = 0;
    const moving = setInterval(() => limited.setRate(rates[(moved += 1) % rates.length] ?? 30), 130);
    while (performance.now() < end) {
      await limited.take(1, 0);
      for (let wait = limited.wait(); wait > 0; wait = limited.wait()) await pause(Math.ceil(wait));
      limited.record();
      sent.push(performance.now());
    }
    clearInterval(moving);
    expect(sent.length).to.be.at.least(20);
    expect(mostInAnySecond(sent)).to.be.at.most(30);
  });

  it('lets nothing go at a rate of nothing, and goes on with the next', async () => {
    const limited = gate(0);
    const waiting = limited.take(1, 0);
    expect(limited.wait()).to.be.greaterThan(0);
    limited.setRate(50);
    expect(await waiting).to.equal(1);
    expect(limited.wait()).to.equal(0);
  });

  it('sends those who wait away, and serves who comes after', async () => {
    const limited = gate(20);
    await limited.take(1, 0);
    const waiting = limited.take(1, 0);
    limited.sendAway();
    expect(await waiting).to.equal(0);
    expect(await limited.take(1, 0)).to.equal(1);
  });

  it('gives those who wait nothing when it ends', async () => {
    const limited = gate(1);
    await limited.take(1, 0);
    const waiting = limited.take(1, 0);
    limited.end();
    expect(await waiting).to.equal(0);
    limited.setRate(5);
    limited.end();
    expect(await limited.take(1, 0), 'a rate that moves later changes nothing').to.equal(0);
  });
});
