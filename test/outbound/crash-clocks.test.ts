// Two senders whose clocks are far apart: nothing is stolen from who lives, and who dies is noticed by the
// database's clock, without anybody's help.
import { expect } from 'chai';
import { crashWorld, type CrashWorld, judge } from '../support/crash-world.ts';
import { databaseKinds } from '../support/databases.ts';
import { until } from '../support/services.ts';

const AHEAD_MS = 5000;
/** Longer than a lease: by the processes' own clocks every lease of the one would have run out for the other. */
const BEHIND_MS = -40_000;
/** A sender counts as dead after 15 s of silence; then the next tick, and what is left is sent. */
const LONGEST_MS = 40_000;

describe('senders whose clocks differ', function () {
  this.timeout(120_000);
  let world: CrashWorld;
  afterEach(() => world?.close());

  it("leave each other's work alone, and take back what a dead one had", async function () {
    if (!databaseKinds().includes('mariadb')) this.skip();
    world = await crashWorld({ kind: 'mariadb', channel: 'telegram', people: 2500, delayMs: 100, speed: 300 });
    const { db } = world;
    const holds = (owner: string): Promise<unknown> => db('slices').where({ lease_owner: owner }).first('id');
    await world.start({ ahead: AHEAD_MS });
    const victim = await world.start({ ahead: BEHIND_MS });
    const campaignId = await world.mailing();
    await until('both take part', async () => (await holds(victim.ready.owner)) !== undefined);
    await until('much has arrived', async () => (await world.arrivals()).length > 700);
    expect(await db('deliveries').where({ state: 'unconfirmed' }), 'taken from who lives').to.deep.equal([]);
    const inFlight = await world.kill(victim);
    await world.over(campaignId, LONGEST_MS);
    expect(await judge(world)).to.deep.equal({ lost: 0, doubled: 0, unconfirmed: inFlight });
  });
});
