// Quiet hours, with a clock that is moved by hand: who rests, who goes on meanwhile, and what goes out all the same.
import { expect } from 'chai';
import type { QuietHours } from '../../src/domain/mailing-settings.ts';
import { type Campaign, getCampaignById } from '../../src/store/campaigns.ts';
import { planSingle, PRIORITY } from '../../src/store/due.ts';
import { wakeSlices } from '../../src/store/quiet.ts';
import { patchWorkspace } from '../../src/store/settings.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { dueMailing, expectAudited, text } from '../support/mailing.ts';
import { until } from '../support/services.ts';

const HOUR = 3_600_000;
const MIDNIGHT = Date.UTC(2027, 2, 2);
const NIGHT = { from: '22:00', to: '07:00' };

onEveryDatabase('quiet hours', (db) => {
  const world = engineWorld(db);
  let clock = MIDNIGHT;

  const mailing = (quietHours: QuietHours | 'workspace' | null, speed: number | null = null): Promise<Campaign> =>
    dueMailing(db(), { settings: { quietHours, speed, latest: null } });
  const reached = (): string[] => world.sink.arrivals.map(({ address }) => address).sort();
  const waiting = async ({ id }: Campaign): Promise<unknown> => {
    const row = (await db()('campaign_waits').where({ campaign_id: id }).first('code', 'params')) as
      | { code: string; params: unknown }
      | undefined;
    return row && [row.code, typeof row.params === 'string' ? JSON.parse(row.params) : row.params];
  };
  async function at(time: number): Promise<void> {
    clock = time;
    await world.rig.idle();
  }

  beforeEach(async () => {
    clock = MIDNIGHT;
    await patchWorkspace(db(), { quietHours: null, timeZone: 'UTC' });
    // Due by the real clock, which the moved one is ahead of.
    await db()('campaigns').update({ state: 'sent' });
  });

  it('hold a mailing back until they are over, say so, and let tests and replies pass', async () => {
    const { bot, prefix } = await world.people(3);
    const campaign = await mailing({ ...NIGHT, clock: 'workspace' });
    await world.start({ now: () => clock }).idle();
    expect(reached()).to.deep.equal([]);
    // What a mailing waits for is written once a second.
    await at(MIDNIGHT + 1500);
    expect(await waiting(campaign)).to.deep.equal(['quiet_hours', { until: MIDNIGHT + 7 * HOUR }]);
    const { id: connectionId, subscriber_id: subscriberId } = (await db()('connections')
      .where({ external_id: `${prefix}1` })
      .first('id', 'subscriber_id')) as { id: number; subscriber_id: number };
    await planSingle(db(), {
      campaignId: campaign.id,
      subscriberId,
      connectionId,
      botId: bot.id,
      cause: 'test:1',
      purpose: 'test',
      content: { elements: [text('Test')] },
      priority: PRIORITY.test,
      dueAt: clock,
    });
    await world.rig.idle();
    expect(reached()).to.deep.equal([`${prefix}1`]);
    await at(MIDNIGHT + 7 * HOUR - 1);
    expect(world.sink.arrivals).to.have.length(1);
    await at(MIDNIGHT + 7 * HOUR);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 3, sent: 3 });
  });

  it('interrupt a mailing that runs into them, which goes on in the morning without repeating', async () => {
    await world.people(60);
    clock = MIDNIGHT - 2 * HOUR - 60_000;
    const campaign = await mailing({ ...NIGHT, clock: 'person' }, 50);
    world.start({ now: () => clock });
    await until('some got it', () => world.sink.arrivals.length >= 10);
    clock = MIDNIGHT - 2 * HOUR;
    await world.rig.idle();
    const before = world.sink.arrivals.length;
    expect(before).to.be.within(10, 59);
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sending');
    expect(await db()('slices').where({ campaign_id: campaign.id }).whereNotNull('lease_owner')).to.deep.equal([]);
    await at(MIDNIGHT + 7 * HOUR);
    expect(new Set(reached()).size).to.equal(60);
    expect(world.sink.arrivals).to.have.length(60);
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sent');
  });

  it('let the zones where it is day go on', async () => {
    const { prefix } = await world.people(3);
    for (const [index, zone] of ['Asia/Tokyo', 'America/New_York'].entries())
      await db()('subscribers')
        .where({ first_name: `${prefix}${index + 1}` })
        .update({ time_zone: zone });
    await patchWorkspace(db(), { quietHours: { ...NIGHT, clock: 'person' } });
    await mailing('workspace');
    // In Tokyo it is nine in the morning, in New York seven in the evening, and midnight for those without a zone.
    await world.start({ now: () => clock }).idle();
    expect(reached()).to.deep.equal([`${prefix}1`, `${prefix}2`]);
    await at(MIDNIGHT + 7 * HOUR);
    expect(reached()).to.deep.equal([`${prefix}1`, `${prefix}2`, `${prefix}3`]);
  });

  it('hold later tries back too', async () => {
    await world.people(1);
    clock = MIDNIGHT - 3 * HOUR;
    let answer = 500;
    world.sink.answer = () => ({ status: answer });
    const campaign = await mailing({ ...NIGHT, clock: 'workspace' });
    await world.start({ now: () => clock }).idle();
    answer = 200;
    await at(MIDNIGHT);
    expect(reached()).to.deep.equal([]);
    await at(MIDNIGHT + 7 * HOUR);
    expect(reached()).to.have.length(1);
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sent');
  });

  it('are over as soon as the workspace lifts them', async () => {
    await world.people(2);
    await patchWorkspace(db(), { quietHours: { ...NIGHT, clock: 'workspace' } });
    await mailing('workspace');
    await world.start({ now: () => clock }).idle();
    expect(reached()).to.deep.equal([]);
    await patchWorkspace(db(), { quietHours: null });
    await wakeSlices(db());
    await world.rig.idle();
    expect(reached()).to.have.length(2);
  });
});
