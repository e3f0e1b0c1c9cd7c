import { expect } from 'chai';
import { updateBot } from '../../src/store/bots.ts';
import { type Campaign, getCampaignById, moveCampaign } from '../../src/store/campaigns.ts';
import { retryDeliveries } from '../../src/store/deliveries.ts';
import { finishCampaign } from '../../src/store/finishing.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { dueMailing, expectAudited } from '../support/mailing.ts';
import { until } from '../support/services.ts';

onEveryDatabase('planning again', (db) => {
  const world = engineWorld(db);
  const again = (campaign: Campaign, which: 'failed' | 'unconfirmed') =>
    retryDeliveries(db(), campaign.id, which, Date.now());
  const arrivedAt = (address: string): number => world.sink.arrivals.filter((one) => one.address === address).length;

  /** A finished mailing to six: three got it, one blocked the bot, one failed in passing, one was never answered. */
  async function mixed(): Promise<{ campaign: Campaign; prefix: string; botId: number }> {
    const { bot, prefix } = await world.people(6);
    world.sink.answer = (address) => {
      if (address === `${prefix}1`) return { status: 403 };
      if (address === `${prefix}2`) return { status: 200, silent: true };
      return address === `${prefix}3` ? { status: 500 } : null;
    };
    const campaign = await dueMailing(db());
    world.start();
    const waiting = () => db()('due_deliveries').where({ campaign_id: campaign.id });
    await until('one waits for another try', async () => (await waiting()).length === 1);
    const [{ delivery_id: id }] = await waiting();
    // Its last try but one is over, and its next one is due.
    await db()('deliveries').where({ id }).update({ attempts: 5 });
    await waiting().update({ due_at: Date.now() });
    world.rig.bus.publish('work');
    await world.isIn(campaign, 'sent');
    world.sink.answer = () => null;
    return { campaign, prefix, botId: bot.id };
  }

  it('sends once more to who failed for a passing reason, and to nobody else', async () => {
    const { campaign, prefix } = await mixed();
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 6, sent: 3, failed: 2, unconfirmed: 1 });
    await world.rig.stop();
    expect(await again(campaign, 'failed')).to.equal(1);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 6, sent: 3, failed: 1, unconfirmed: 1 });
    expect(await getCampaignById(db(), campaign.id)).to.include({ state: 'sending', finishedAt: null });
    world.start();
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 6, sent: 4, failed: 1, unconfirmed: 1 });
    expect((await getCampaignById(db(), campaign.id)).finishedAt).to.be.a('number');
    expect([1, 2, 3, 4, 5, 6].map((number) => arrivedAt(`${prefix}${number}`))).to.deep.equal([0, 1, 1, 1, 1, 1]);
    expect(await again(campaign, 'failed')).to.equal(0);
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sent');
  });

  it('sends once more to the unconfirmed when a person asks for it', async () => {
    const { campaign, prefix } = await mixed();
    expect(await again(campaign, 'unconfirmed')).to.equal(1);
    expect((await expectAudited(db(), campaign.id)).unconfirmed).to.equal(undefined);
    world.rig.bus.publish('work');
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 6, sent: 4, failed: 2 });
    expect([2, 4, 5, 6].map((number) => arrivedAt(`${prefix}${number}`))).to.deep.equal([2, 1, 1, 1]);
  });

  it('leaves a slice alone that a sender holds', async () => {
    const { campaign } = await mixed();
    await world.rig.stop();
    await db()('slices').where({ campaign_id: campaign.id }).update({ lease_owner: 'another', lease_until: 1e15 });
    expect(await again(campaign, 'failed')).to.equal(0);
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sent');
    await db()('slices').where({ campaign_id: campaign.id }).update({ lease_owner: null, lease_until: null });
  });

  it('plans nothing again over a disconnected bot, for which the mailing would wait for ever', async () => {
    const { campaign, botId } = await mixed();
    await updateBot(db(), botId, { status: 'disconnected' });
    expect(await again(campaign, 'failed')).to.equal(0);
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sent');
  });

  it('never leaves anybody planned in a mailing that is called sent', async () => {
    const { campaign } = await mixed();
    await world.rig.stop();
    await moveCampaign(db(), campaign.id, 'reopen', { now: Date.now() });
    const [planned] = await Promise.all([again(campaign, 'failed'), finishCampaign(db(), campaign.id, Date.now())]);
    expect(planned).to.equal(1);
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sending');
    world.start();
    await world.isIn(campaign, 'sent');
    expect((await expectAudited(db(), campaign.id)).sent).to.equal(4);
  });
});
