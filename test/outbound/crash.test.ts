// The promise of the ledger: senders killed at any instant lose nobody and write to nobody twice.
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { IN_FLIGHT } from '../../src/outbound/index.ts';
import { getCampaignById } from '../../src/store/campaigns.ts';
import { type CrashSpec, type CrashWorld, crashWorld, judge, type Sender } from '../support/crash-world.ts';
import { databaseKinds } from '../support/databases.ts';
import { expectAudited } from '../support/mailing.ts';
import { until } from '../support/services.ts';

const KILLS = 17;
const SHORTEST_LIFE_MS = 50;
const LONGEST_LIFE_MS = 550;

const SPEC = { people: 2000, delayMs: 80, speed: 500 } satisfies Partial<CrashSpec>;

const total = { kills: 0, lost: 0, doubled: 0, unconfirmed: 0, most: 0 };

const atWork = (world: CrashWorld, senders: readonly Sender[], campaignId: number): Promise<void> =>
  until('somebody is sending', async () => {
    const owners = senders.map(({ ready }) => ready.owner);
    if (await world.db('slices').whereIn('lease_owner', owners).first('id')) return true;
    return (await getCampaignById(world.db, campaignId)).state === 'sent';
  });

/** Kills one of the senders at a random instant, so many times; answers what it had in flight each time. */
async function killed(world: CrashWorld, count: number): Promise<number[]> {
  const inFlight: number[] = [];
  const senders: Sender[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const campaignId = await world.mailing();
    while (senders.length < count) senders.push(await world.start());
    // Every other one while it starts, however long that takes here; the rest while they send.
    if (kill % 2 === 1) await atWork(world, senders, campaignId);
    await pause(SHORTEST_LIFE_MS + Math.random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
    const [victim] = senders.splice(Math.floor(Math.random() * count), 1);
    if (!victim) throw new Error('nobody to kill');
    inFlight.push(await world.kill(victim));
    await world.lapse(victim);
    await expectAudited(world.db, campaignId);
  }
  if (senders.length === 0) await world.start();
  await world.over(await world.mailing());
  return inFlight;
}

for (const kind of databaseKinds()) {
  for (const count of kind === 'mariadb' ? [1, 2] : [1]) {
    describe(`${count === 1 ? 'a sender that is killed' : 'two senders, one of which is killed'} [${kind}]`, function () {
      this.timeout(180_000);
      let world: CrashWorld;
      afterEach(() => world.close());

      it(`lose nobody, write to nobody twice and leave no more unconfirmed than were in flight, ${KILLS} times`, async () => {
        world = await crashWorld({ ...SPEC, kind, channel: 'telegram' });
        const inFlight = await killed(world, count);
        const outcome = await judge(world);
        note(inFlight, outcome);
        expect(outcome).to.deep.include({ lost: 0, doubled: 0 });
        expect(outcome.unconfirmed).to.equal(inFlight.reduce((sum, one) => sum + one, 0));
        expect(Math.max(...inFlight)).to.be.within(1, IN_FLIGHT);
      });

      it(`leave nothing unconfirmed where the platform drops repeats, ${KILLS} times`, async () => {
        world = await crashWorld({ ...SPEC, kind, channel: 'idempotent' });
        const inFlight = await killed(world, count);
        const outcome = await judge(world);
        note(inFlight, outcome);
        expect(outcome).to.deep.equal({ lost: 0, doubled: 0, unconfirmed: 0 });
        expect(Math.max(...inFlight)).to.be.within(1, IN_FLIGHT);
      });
    });
  }
}

function note(inFlight: readonly number[], outcome: { lost: number; doubled: number; unconfirmed: number }): void {
  total.kills += inFlight.length;
  total.lost += outcome.lost;
  total.doubled += outcome.doubled;
  total.unconfirmed += outcome.unconfirmed;
  total.most = Math.max(total.most, ...inFlight);
}

describe('all random kills', () => {
  it('are told in one line', () => {
    const { kills, lost, doubled, unconfirmed, most } = total;
    console.log(
      `    kills ${kills}, lost ${lost}, doubled ${doubled}, unconfirmed ${unconfirmed}, most in flight at a kill ${most}`,
    );
    expect(lost + doubled).to.equal(0);
  });
});
