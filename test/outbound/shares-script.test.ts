import { expect } from 'chai';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, connectAgreement, type ShareAgreement, type Wanting } from '../../src/outbound/shares-script.ts';
import { type Service, startRedis, until } from '../support/services.ts';

/** As real, but twenty times as fast. */
const TIMING = { coolingMs: 60, settlingMs: 0, goneMs: 100 };

describe('the agreement on shares', () => {
  let redis: Service;
  let client: Redis;
  let agreement: ShareAgreement;
  let live: string[];
  before(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
    await new Promise<void>((resolve) => {
      agreement = connectAgreement(redis.url, resolve, TIMING);
    });
  });
  const startAnew = async (): Promise<void> => {
    await client.flushall();
    await agreement.agree({ id: 'first', call: 1, live: ['first'], limits: [] });
    live = [];
  };
  beforeEach(startAnew);
  after(async () => {
    agreement.close();
    client.disconnect();
    await redis.stop();
  });

  interface Peer {
    id: string;
    held: number;
    call: number;
    /** Asks, and applies the answer unless it is lost on the way. */
    ask(rate: number | null, wants?: Wanting, more?: { closed?: number; isLost?: boolean }): Promise<Answer>;
  }

  const peer = (id: string): Peer => {
    live.push(id);
    return {
      id,
      held: 0,
      call: 0,
      async ask(rate, wants = 2, { closed = 0, isLost = false } = {}) {
        this.call += 1;
        const limits = [{ key: 'bot:1', rate, held: this.held, wants, closed }];
        const [answer] = await agreement.agree({ id, call: this.call, live: [...live], limits });
        if (!answer) throw new Error('no answer');
        if (!isLost) this.held = answer.share;
        return answer;
      },
    };
  };

  const settle = async (rate: number, peers: Peer[]): Promise<number[]> => {
    for (let round = 0; round < 7; round += 1) {
      for (const one of peers) await one.ask(rate);
      await pause(TIMING.coolingMs / 2);
    }
    return peers.map(({ held }) => held);
  };

  for (const { rate, shares } of [
    { rate: 25, shares: [9, 8, 8] },
    { rate: 1000, shares: [334, 333, 333] },
    { rate: 3, shares: [1, 1, 1] },
    { rate: 2, shares: [1, 1, 0] },
    { rate: 1, shares: [1, 0, 0] },
    { rate: 0.5, shares: [0.5, 0, 0] },
    { rate: 7.5, shares: [3.5, 2, 2] },
    { rate: 12, shares: [12] },
  ])
    it(`divides ${rate} a second into ${shares.join(' + ')}`, async () => {
      const peers = shares.map((_, index) => peer(`p${index}`));
      expect(await settle(rate, peers)).to.deep.equal(shares);
    });

  it('gives the first all at once, and a newcomer its part only when the sliding second is over', async () => {
    const [first, second] = [peer('a'), peer('b')];
    expect((await first.ask(25)).share).to.equal(25);
    expect((await second.ask(25)).share, 'all is held').to.equal(0);
    expect((await first.ask(25)).share, 'told to hold less').to.equal(13);
    expect((await second.ask(25)).share, 'the first has not said that it does').to.equal(0);
    await first.ask(25);
    expect((await second.ask(25)).share, 'it rests').to.equal(0);
    await until('it has rested', async () => (await second.ask(25)).share === 12);
  });

  it('believes that a share was given up only when its holder says so, though answers get lost', async () => {
    const [first, second] = [peer('a'), peer('b')];
    await first.ask(10);
    await second.ask(10);
    await first.ask(10, 2, { isLost: true });
    await pause(TIMING.coolingMs * 2);
    expect((await second.ask(10)).share, 'the first still sends ten').to.equal(0);
    await settle(10, [first, second]);
    expect([first.held, second.held]).to.deep.equal([5, 5]);
  });

  it('does not hear a call that a later one has overtaken', async () => {
    const first = peer('a');
    await first.ask(10);
    first.call -= 1;
    const failure = await first.ask(10).catch((error: Error) => error.message);
    expect(failure).to.include('LATE');
  });

  it('gives the share of one who has nothing to send to the others', async () => {
    const peers = [peer('a'), peer('b')];
    await settle(10, peers);
    const [first, second] = peers as [Peer, Peer];
    expect((await first.ask(10, 0)).share).to.equal(0);
    await first.ask(10, 0);
    await until('the other has it', async () => (await second.ask(10)).share === 10);
  });

  it('leaves single messages to those who hold a share, and serves them where nobody does', async () => {
    const [first, second] = [peer('a'), peer('b')];
    expect((await first.ask(10, 1)).share).to.equal(10);
    expect((await second.ask(10, 1)).share, 'the first will take them').to.equal(0);
    expect((await first.ask(10, 1)).share, 'and keeps what it has').to.equal(10);
  });

  it('frees the share of a dead process when the registry has lost it and it is silent, not before', async () => {
    const [first, second] = [peer('a'), peer('b')];
    await first.ask(10);
    await second.ask(10);
    await pause(TIMING.goneMs * 2);
    expect((await second.ask(10)).share, 'silent, but alive by the registry').to.equal(0);
    live = ['b'];
    await until('the other has all', async () => (await second.ask(10)).share === 10);
    live = ['b'];
    await first.ask(10, 2, { isLost: true });
    expect((await second.ask(10)).share, 'a reading of the registry that is too old frees nothing').to.equal(5);
  });

  it('lets holders claim what they hold when Redis comes back empty, and nothing grow until all have called', async () => {
    const peers = [peer('a'), peer('b'), peer('c')] as const;
    await settle(25, [...peers]);
    await client.flushall();
    const newcomer = peer('d');
    expect((await newcomer.ask(25)).share).to.equal(0);
    expect((await peers[1].ask(25)).share, 'at most what it held').to.be.at.most(8);
    await pause(TIMING.coolingMs * 2);
    expect((await newcomer.ask(25)).share, 'two have not called yet').to.equal(0);
    for (const one of peers) await one.ask(25);
    await settle(25, [...peers, newcomer]);
    expect([...peers, newcomer].map(({ held }) => held)).to.deep.equal([7, 6, 6, 6]);
  });

  it('follows the one who saw the limit move, and not those who repeat what they read before', async () => {
    const peers = [peer('a'), peer('b')] as [Peer, Peer];
    await settle(10, peers);
    expect((await peers[0].ask(4)).share, 'lower at once').to.equal(2);
    expect((await peers[1].ask(10)).share, 'also whoever has not read it').to.equal(2);
    expect((await peers[0].ask(4)).share).to.equal(2);
    await settle(4, peers);
    expect((await peers[1].ask(20)).share, 'higher at once, as far as it is free').to.be.at.least(10);
    expect((await peers[0].ask(4)).share).to.equal(10);
  });

  it('tells everybody that a platform closed a bot, also who comes later and where there is no limit', async () => {
    const [first, second] = [peer('a'), peer('b')];
    await first.ask(null, 2, { closed: 300 });
    const { closed, rate } = await second.ask(null);
    expect(rate).to.equal(null);
    expect(closed).to.be.within(200, 300);
    await until('it is over', async () => (await second.ask(null)).closed === 0);
  });

  it('forgets a limit nobody uses any more', async () => {
    const first = peer('a');
    await first.ask(10);
    await first.ask(10, 0);
    await first.ask(10, 0);
    await until('its cooling time is over', async () => {
      await first.ask(10, 0);
      return (await client.hkeys('herald:shares')).join() === 'members';
    });
  });

  it('never lets all together use more than the limit in a sliding second, whatever happens', async function () {
    this.timeout(30_000);
    const steps = fc.array(
      fc.record({
        who: fc.nat(4),
        what: fc.constantFrom('ask', 'ask', 'ask', 'ask', 'ask', 'lost', 'die', 'quiet', 'limit', 'flush'),
        rate: fc.integer({ min: 1, max: 30 }),
        wait: fc.integer({ min: 0, max: 25 }),
      }),
      { minLength: 40, maxLength: 60 },
    );
    const moves = fc.boolean();
    // Over all plans: a dead one of the last plan is lost by the registry while the next one runs.
    let born = 0;
    await fc.assert(
      fc.asyncProperty(steps, moves, async (plan, isMoved) => {
        await startAnew();
        const newcomer = (): Peer => peer(`p${(born += 1)}`);
        const peers = Array.from({ length: 5 }, newcomer);
        let rate = 12;
        const limits = [rate];
        const uses: { at: number; id: string; held: number }[] = [];
        for (const { who, what, rate: next, wait } of plan) {
          const one = peers[who]!;
          if (what === 'limit' && isMoved) {
            rate = next;
            limits.push(rate);
          } else if (what === 'flush') await client.flushall();
          else if (what === 'die') {
            // It sends nothing from here on; the registry loses it a while later.
            peers[who] = newcomer();
            uses.push({ at: performance.now(), id: one.id, held: 0 });
            setTimeout(() => void (live = live.filter((id) => id !== one.id)), 40);
          } else {
            await one.ask(rate, what === 'quiet' ? 0 : 2, { isLost: what === 'lost' });
            uses.push({ at: performance.now(), id: one.id, held: one.held });
          }
          await pause(wait);
        }
        const worst = mostUsed(uses, TIMING.coolingMs - 5);
        // A limit that was lowered holds for a process from its next answer on, which here may take long.
        expect(worst).to.be.at.most(Math.max(...limits));
      }),
      // A smaller plan would fail at other instants, if at all: shrinking only takes time.
      { numRuns: 10, endOnFailure: true },
    );
  });
});

/** The most that all together were allowed at any time within a window. */
function mostUsed(uses: readonly { at: number; id: string; held: number }[], windowMs: number): number {
  let most = 0;
  for (const { at: end } of uses) {
    const peak = new Map<string, number>();
    for (const { at, id, held } of uses) {
      if (at > end) break;
      // What was in force when the window began is the last word before it.
      peak.set(id, at < end - windowMs ? held : Math.max(peak.get(id) ?? 0, held));
    }
    most = Math.max(
      most,
      [...peak.values()].reduce((sum, held) => sum + held, 0),
    );
  }
  return most;
}
