// A canary start whose sender is killed in each of its states: another goes on where it stood, and gives one verdict.
import { expect } from 'chai';
import { getCampaignById } from '../../src/store/campaigns.ts';
import { type CrashWorld, crashWorld, judge } from '../support/crash-world.ts';
import { databaseKinds } from '../support/databases.ts';
import { until } from '../support/services.ts';

const FIRST = 700;
const PEOPLE = 1500;
const MINUTES = 10;

for (const kind of databaseKinds()) {
  describe(`a canary start whose sender is killed [${kind}]`, function () {
    this.timeout(60_000);
    let world: CrashWorld;
    afterEach(() => world.close());

    it('goes on while the first are sent to, and while they are watched', async () => {
      const canary = { people: FIRST, minutes: MINUTES, failed: 5, blocked: 3, unsubscribed: 2 };
      world = await crashWorld({ kind, channel: 'idempotent', people: PEOPLE, delayMs: 40, speed: 500, canary });
      const campaignId = await world.mailing();
      const state = async () => (await getCampaignById(world.db, campaignId)).canary;

      const running = await world.start();
      await until('some of the first are out', async () => (await world.arrivals()).length > 100);
      expect(await state()).to.equal('running');
      await world.kill(running);
      await world.lapse(running);

      const watching = await world.start();
      await until('the first are watched', async () => (await state()) === 'watching');
      expect(await world.arrivals()).to.have.length(FIRST);
      await world.kill(watching);
      await world.lapse(watching);

      await world.start({ ahead: MINUTES * 60_000 });
      await world.over(campaignId);
      expect(await state()).to.equal('passed');
      expect(await judge(world)).to.deep.equal({ lost: 0, doubled: 0, unconfirmed: 0 });
    });
  });
}
