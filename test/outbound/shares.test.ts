import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { createLog } from '../../src/log.ts';
import type { Limit, Limits } from '../../src/outbound/limit.ts';
import { SHARE_TIMING } from '../../src/outbound/shares-script.ts';
import { createSharedLimits } from '../../src/outbound/shares.ts';
import type { Database } from '../../src/store/database.ts';
import { beat, forget } from '../../src/store/senders.ts';
import { newDatabase } from '../support/databases.ts';
import { meanRate, mostInAnySecond } from '../support/pace.ts';
import { type Service, startRedis, until } from '../support/services.ts';

// Processes that share one limit, each letting go all that it may; when each message went is kept.
describe('limits shared by several processes', function () {
  this.timeout(60_000);
  const RATE = 25;
  let db: Database;
  let redis: Service;
  let processes: Process[];
  let sent: number[];

  interface Process {
    id: string;
    limits: Limits;
    limit: Limit;
    sent: number[];
    isRunning: boolean;
    /** Cut off from the database since then. */
    cutAt: number | null;
    stop(): Promise<void>;
  }

  before(async () => {
    db = await newDatabase('sqlite');
  });
  beforeEach(async () => {
    redis = await startRedis();
    processes = [];
    sent = [];
  });
  afterEach(async () => {
    await Promise.all(processes.map((one) => one.stop()));
    await redis.stop();
  });
  after(() => db.destroy());

  async function start(id: string, { rate = RATE, skewMs = 0 } = {}): Promise<Process> {
    await beat(db, { id, host: 'here' });
    const limits = createSharedLimits({
      db,
      log: createLog('silent'),
      now: () => Date.now() + skewMs,
      owner: id,
      redisUrl: redis.url,
      presence: { seenAt: () => one.cutAt ?? performance.now() },
      changed: () => {},
      // The tests' readings of the registry are never old.
      timing: { ...SHARE_TIMING, settlingMs: 300 },
    });
    const limit = limits.open('bot:1', rate);
    const one: Process = {
      id,
      limits,
      limit,
      sent: [],
      isRunning: true,
      cutAt: null,
      async stop() {
        if (!one.isRunning) return;
        one.isRunning = false;
        limit.end();
        await limits.end();
        await forget(db, id);
      },
    };
    processes.push(one);
    limit.want('mailing');
    void (async () => {
      while (one.isRunning) {
        if ((await limit.gate.take(1, 0)) === 0) continue;
        for (let wait = limit.gate.wait(); wait > 0 && one.isRunning; wait = limit.gate.wait())
          await pause(Math.ceil(wait));
        if (!one.isRunning) break;
        limit.gate.record();
        one.sent.push(performance.now());
        sent.push(performance.now());
      }
    })();
    return one;
  }

  const agreed = (...shares: (number | null)[]): Promise<void> =>
    until(
      `shares are ${shares.join(' + ')}`,
      () => processes.map(({ limit }) => limit.share()).join() === shares.join(),
    );

  const three = async (): Promise<[Process, Process, Process]> => {
    const made: [Process, Process, Process] = [await start('a'), await start('b'), await start('c')];
    await agreed(9, 8, 8);
    return made;
  };

  const leaves = (one: Process): void => void processes.splice(processes.indexOf(one), 1);

  it('go in even parts although clocks differ by seconds, and are never passed while processes come and go', async () => {
    const first = await start('a', { skewMs: 5000 });
    await agreed(25);
    await start('b', { skewMs: -5000 });
    await start('c');
    await agreed(9, 8, 8);
    // From here on every one has its part: nothing of the limit is left lying.
    const from = performance.now();
    await pause(3000);
    expect(sent.filter((at) => at >= from).length).to.be.at.least(55);
    await first.stop();
    leaves(first);
    await agreed(13, 12);
    await pause(1100);
    expect(mostInAnySecond(sent)).to.be.at.most(RATE);
  });

  it('go on as they are while Redis is away, newcomers wait, and are agreed on anew when it comes back empty', async () => {
    const [first] = await three();
    const port = Number(new URL(redis.url).port);
    await redis.stop();
    const newcomer = await start('d');
    await until('the newcomer knows why it waits', () => newcomer.limit.lacks() === 'redis_away');
    const from = performance.now();
    await pause(2500);
    expect(meanRate(sent.filter((at) => at >= from)), 'as fast as before').to.be.at.least(18);
    expect(newcomer.sent).to.have.length(0);
    first.limit.setRate(10);
    expect(first.limit.share(), 'lower goes at once, without Redis').to.equal((9 * 10) / 25);
    first.limit.setRate(25);
    redis = await startRedis(port);
    await agreed(7, 6, 6, 6);
    expect(newcomer.limit.lacks()).to.equal(null);
    await pause(1100);
    expect(mostInAnySecond(sent)).to.be.at.most(RATE);
  });

  it('survive a Redis that is there and does not answer', async () => {
    await three();
    redis.process.kill('SIGSTOP');
    const from = performance.now();
    await pause(2500);
    expect(meanRate(sent.filter((at) => at >= from))).to.be.at.least(18);
    redis.process.kill('SIGCONT');
    await start('d');
    await agreed(7, 6, 6, 6);
    expect(mostInAnySecond(sent)).to.be.at.most(RATE);
  });

  it('are moved for all by the first who reads it: lower within a second, higher too', async () => {
    const [first, second] = await three();
    first.limit.setRate(6);
    const lowered = performance.now();
    await until('all are down', () => processes.every(({ limit }) => limit.share() === 2));
    await pause(2200);
    expect(mostInAnySecond(sent.filter((at) => at >= lowered + 1000))).to.be.at.most(6);
    second.limit.setRate(60);
    await until('all are up', () => processes.every(({ limit }) => limit.share() === 20));
    first.limit.setRate(60);
    await pause(300);
    expect(
      processes.map(({ limit }) => limit.share()),
      'who reads it late moves nothing',
    ).to.deep.equal([20, 20, 20]);
  });

  it('end and begin where they are set', async () => {
    await three();
    for (const { limit } of processes) limit.setRate(null);
    await agreed(null, null, null);
    for (const { limit } of processes) limit.setRate(30);
    expect(processes[0]!.limit.lacks()).to.equal('no_share');
    await agreed(10, 10, 10);
  });

  it('leave a share to the others soon after there is nothing to send', async () => {
    const [first, second] = await three();
    for (const one of [first, second]) one.limit.want('none');
    await agreed(0, 0, 25);
    expect(mostInAnySecond(sent)).to.be.at.most(RATE);
  });

  it('let a lane finish before the last of its share goes', async () => {
    const [, , third] = await three();
    third.limit.enter();
    for (const { limit } of processes) limit.setRate(2);
    await until('it lost its share', () => third.limit.lacks() === 'no_share');
    expect(third.limit.share(), 'what is stamped still goes').to.be.greaterThan(0);
    third.limit.leave();
    await agreed(1, 1, 0);
  });

  it('are given up by whoever is cut off from the database, before others may take them', async () => {
    const [first] = await three();
    first.cutAt = performance.now() - 11_000;
    const from = performance.now();
    expect(first.limit.lacks()).to.equal('no_share');
    await until('the gate is shut', () => first.limit.share() === 0);
    await pause(300);
    expect(first.sent.filter((at) => at > from + 10)).to.have.length(0);
    first.cutAt = null;
    await agreed(9, 8, 8);
  });

  it('close for all when a platform tells one to be silent', async () => {
    const [first, second] = await three();
    first.limit.gate.closeUntil(Date.now() + 3000);
    await until('the others know', () => processes.every(({ limit }) => limit.gate.isClosed()));
    const late = await start('d', { skewMs: 5000 });
    await until('who comes later knows', () => late.limit.gate.isClosed());
    expect(second.limit.gate.closedUntil(), 'and it does not grow on the way').to.be.at.most(
      first.limit.gate.closedUntil() + 250,
    );
    await until('it opens again', () => processes.every(({ limit }) => !limit.gate.isClosed()));
  });
});
