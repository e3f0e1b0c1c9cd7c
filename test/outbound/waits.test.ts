import { expect } from 'chai';
import { plainChannel } from '../support/plain-channel.ts';
import type { Campaign } from '../../src/store/campaigns.ts';
import { mailingRows } from '../../src/stats/mailing-row.ts';
import { getCampaignById } from '../../src/store/campaigns.ts';
import { beat, forget } from '../../src/store/senders.ts';
import { readWaits, saveWaits, sweepWaits } from '../../src/store/waits.ts';
import { createWaits } from '../../src/outbound/waits.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { dueMailing } from '../support/mailing.ts';
import { until } from '../support/services.ts';

onEveryDatabase('what a mailing waits for', (db) => {
  const world = engineWorld(db);
  const channels = new Map([['plain', plainChannel()]]);
  const waiting = async ({ id }: Campaign): Promise<string | null> =>
    (await mailingRows(db(), [await getCampaignById(db(), id)], channels, Date.now()))[0]?.waiting?.code ?? null;
  const waitsFor = (campaign: Campaign, code: string | null): Promise<void> =>
    until(`the mailing waits for ${code}`, async () => (await waiting(campaign)) === code);

  it('is told while its bot is paused, and not after it goes on', async () => {
    const { bot } = await world.people(20);
    await db()('bots').where({ id: bot.id }).update({ status: 'paused' });
    const campaign = await dueMailing(db());
    expect(await waiting(campaign)).to.equal('not_due');
    world.start();
    await waitsFor(campaign, 'bot_paused');
    await db()('bots').where({ id: bot.id }).update({ status: 'connected' });
    world.rig.bus.publish('bot');
    await world.isIn(campaign, 'sent');
    await until('nothing is noted any more', async () => (await readWaits(db())).size === 0);
  });

  it('is the pause its messenger asked for', async () => {
    const { bot } = await world.people(20);
    let retryAt = 0;
    world.sink.answer = () => {
      retryAt ||= Date.now() + 4_500;
      return Date.now() < retryAt ? { status: 429, body: { scope: 'bot', retryAt } } : null;
    };
    const campaign = await dueMailing(db());
    world.start();
    await waitsFor(campaign, 'platform_wait');
    const [noted] = (await readWaits(db(), [campaign.id])).get(campaign.id) ?? [];
    expect(noted?.params).to.deep.equal({ channel: bot.channel, until: retryAt });
    await world.isIn(campaign, 'sent');
  });

  it('is that nobody sends once the senders are gone', async () => {
    const { bot } = await world.people(5);
    await db()('bots').where({ id: bot.id }).update({ status: 'paused' });
    const campaign = await dueMailing(db());
    world.start();
    await waitsFor(campaign, 'bot_paused');
    await world.rig.stop();
    await waitsFor(campaign, 'nobody_sends');
    await db()('campaigns').where({ id: campaign.id }).update({ state: 'stopped' });
  });

  it('is written once for as long as it holds, and swept up after its sender', async () => {
    let now = 1_000_000;
    const [owner, campaignId] = ['held', 4711];
    await beat(db(), { id: owner, host: 'here' });
    const waits = createWaits({ db: db(), owner, now: () => now });
    const tick = (): Promise<boolean> => {
      now += 1000;
      waits.note(campaignId, 'no_share');
      return waits.save(async () => new Map());
    };
    const written = [await tick(), await tick(), await tick()];
    expect(written).to.deep.equal([true, false, false]);
    expect((await readWaits(db(), [campaignId])).get(campaignId)).to.deep.equal([
      { code: 'no_share', params: {}, since: 1_001_000 },
    ]);
    now += 60_000;
    expect(await waits.save(async () => new Map())).to.equal(true);
    expect((await readWaits(db(), [campaignId])).size).to.equal(0);

    await saveWaits(db(), owner, [{ campaignId, wait: { code: 'no_share', params: {}, since: now } }], now);
    await forget(db(), owner);
    expect((await readWaits(db(), [campaignId])).size).to.equal(0);
    await sweepWaits(db());
    expect(await db()('campaign_waits').where({ sender: owner })).to.deep.equal([]);
  });
});
