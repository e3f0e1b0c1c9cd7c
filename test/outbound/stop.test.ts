import { expect } from 'chai';
import {
  type Campaign,
  getCampaignById,
  moveCampaign,
  restoreCampaign,
  trashCampaign,
} from '../../src/store/campaigns.ts';
import { type Problem } from '../../src/domain/problem.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { dueMailing, expectAudited } from '../support/mailing.ts';
import { until } from '../support/services.ts';

const PEOPLE = 700;

onEveryDatabase('stopping', (db) => {
  const world = engineWorld(db);

  const leases = async (): Promise<number> =>
    (await db()('slices').whereNotNull('lease_owner')).length +
    (await db()('due_deliveries').whereNotNull('lease_owner')).length;

  async function expectSentOnceToAll(campaign: Campaign): Promise<void> {
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE, sent: PEOPLE });
    expect(new Set(world.sink.arrivals.map(({ address }) => address)).size).to.equal(PEOPLE);
    expect(world.sink.arrivals).to.have.length(PEOPLE);
  }

  it('waits for what is in flight, gives back the rest, and leaves nothing unconfirmed', async () => {
    await world.people(PEOPLE);
    const answer = world.holdMessages();
    const campaign = await dueMailing(db());
    const rig = world.start();
    const inFlight = () => db()('deliveries').where({ campaign_id: campaign.id, state: 'sending' });
    await until('messages are in flight', async () => (await inFlight()).length > 0);
    let stopped = false;
    const stopping = rig.stop().then(() => (stopped = true));
    const twice = rig.stop();
    expect(stopped).to.equal(false);
    answer();
    await Promise.all([stopping, twice]);
    await rig.stop();
    expect(await inFlight()).to.deep.equal([]);
    expect(await leases()).to.equal(0);
    const sent = world.sink.arrivals.length;
    expect(sent).to.be.within(1, PEOPLE - 1);
    // Planning may have been stopped as well.
    expect(await expectAudited(db(), campaign.id))
      .to.have.all.keys('planned', 'sent')
      .and.to.include({ sent });
    world.start();
    await expectSentOnceToAll(campaign);
  });

  it('sends nothing of a mailing in the trash, nor when it is told to go on there', async () => {
    await world.people(PEOPLE);
    const campaign = await dueMailing(db(), { settings: { speed: 300 } });
    const rig = world.start();
    await until('it has begun', () => world.sink.arrivals.length > 10);
    await moveCampaign(db(), campaign.id, 'stop', { now: Date.now() });
    rig.bus.publish('campaign');
    await rig.idle();
    const sent = world.sink.arrivals.length;
    await trashCampaign(db(), campaign.id, Date.now());
    const refusal = await moveCampaign(db(), campaign.id, 'continue', { now: Date.now() }).catch(
      (error: Problem) => error.code,
    );
    expect(refusal).to.equal('campaign_locked');
    rig.bus.publish('campaign');
    await rig.idle();
    expect(world.sink.arrivals).to.have.length(sent);
    await restoreCampaign(db(), campaign.id, Date.now());
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('stopped');
    await moveCampaign(db(), campaign.id, 'continue', { now: Date.now() });
    rig.bus.publish('campaign');
    await expectSentOnceToAll(campaign);
  });
});
