// What may go wrong between senders that are alive: a lease that was lost, a slice that nobody looks after any more.
import { expect } from 'chai';
import { IN_FLIGHT } from '../../src/outbound/index.ts';
import type { Campaign } from '../../src/store/campaigns.ts';
import { clockSql } from '../../src/store/clock.ts';
import { recover, type Recovery } from '../../src/store/recovery.ts';
import { ALIVE_MS, beat } from '../../src/store/senders.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { contentOf, dueMailing, expectAudited, text } from '../support/mailing.ts';
import { until } from '../support/services.ts';

const PEOPLE = 600;

onEveryDatabase('leases', (db) => {
  const world = engineWorld(db);
  const slicesOf = (campaign: Campaign) => db()('slices').where({ campaign_id: campaign.id });
  const deliveriesOf = (campaign: Campaign) => db()('deliveries').where({ campaign_id: campaign.id });

  /** A mailing that is planned, and goes nowhere: its bot is paused. Answers what lets it go on. */
  async function plannedMailing(): Promise<{ campaign: Campaign; botId: number; go: () => Promise<void> }> {
    const { bot } = await world.people(PEOPLE);
    const setStatus = (status: string): Promise<number> => db()('bots').where({ id: bot.id }).update({ status });
    await setStatus('paused');
    const campaign = await dueMailing(db());
    const rig = world.start();
    await until('it is planned', async () => (await deliveriesOf(campaign)).length === PEOPLE);
    await rig.stop();
    return { campaign, botId: bot.id, go: async () => void (await setStatus('connected')) };
  }

  it('that were lost stop a sender, which goes on where the other left off when they are its own again', async () => {
    await world.people(PEOPLE);
    const answer = world.holdMessages();
    const campaign = await dueMailing(db(), { content: contentOf(text('One'), text('Two')) });
    world.start();
    await until(
      'messages are on the wire',
      async () => (await deliveriesOf(campaign).where({ state: 'sending' })).length > 0,
    );
    await until('it is planned', async () => (await deliveriesOf(campaign)).length === PEOPLE);
    await slicesOf(campaign).update({ lease_owner: 'another', lease_until: 1e15 });
    const onTheWire = (await deliveriesOf(campaign).where({ state: 'sending' })).length;
    answer();
    await until(
      'they are settled',
      async () => (await deliveriesOf(campaign).where({ state: 'sending' })).length === 0,
    );
    // A stamp that was under way when the leases were lost may still have been made; no message comes after these.
    expect(world.sink.arrivals.length).to.be.within(onTheWire, IN_FLIGHT).and.below(PEOPLE);
    await slicesOf(campaign).update({ lease_owner: null, lease_until: null });
    await world.isIn(campaign, 'sent');
    expect(new Set(world.sink.arrivals.map(({ key }) => key)).size, 'each part once').to.equal(2 * PEOPLE);
    expect(world.sink.arrivals).to.have.length(2 * PEOPLE);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE, sent: PEOPLE });
  });

  it('are taken back from who fell silent, and from nobody who lives, is unknown, or works here', async () => {
    const { campaign, botId } = await plannedMailing();
    const [first, second] = (await slicesOf(campaign).orderBy('id').pluck('id')) as number[];
    const ids = (await deliveriesOf(campaign).orderBy('id').limit(3).pluck('id')) as number[];
    await db()('deliveries').whereIn('id', ids).update({ state: 'sending', sending_at: 1 });
    const until = db().raw(`${clockSql(db())} + 20000`);
    await slicesOf(campaign).where({ id: first }).update({ lease_owner: 'silent', lease_until: until });
    await slicesOf(campaign).where({ id: second }).update({ lease_owner: 'unknown', lease_until: until });
    await beat(db(), { id: 'silent', host: 'one' });
    const lapsed: Recovery = {
      of: 'lapsed',
      held: { slices: [], singles: [] },
      now: Date.now(),
      botIds: [botId],
      repeats: () => 'double',
    };
    expect(await recover(db(), lapsed)).to.deep.equal({ planned: 0, unconfirmed: 0 });
    await db()('senders')
      .where({ id: 'silent' })
      .decrement('seen_at', ALIVE_MS + 1);
    const ours = { ...lapsed, held: { slices: [first ?? 0], singles: [] } };
    expect(await recover(db(), ours)).to.deep.equal({ planned: 0, unconfirmed: 0 });
    expect(await recover(db(), lapsed)).to.deep.equal({ planned: 0, unconfirmed: 3 });
    expect(await slicesOf(campaign).orderBy('id').limit(2).pluck('lease_owner')).to.deep.equal([null, 'unknown']);
  });

  it('and what they hide do not keep anybody from their message: a slice called done is opened again', async () => {
    const { campaign, go } = await plannedMailing();
    const [onTheWire] = (await deliveriesOf(campaign).orderBy('id').pluck('id')) as number[];
    await db()('deliveries').where({ id: onTheWire }).update({ state: 'sending', sending_at: 1 });
    await slicesOf(campaign).update({ done: 1 });
    await go();
    world.start();
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE, sent: PEOPLE - 1, unconfirmed: 1 });
    expect(world.sink.arrivals).to.have.length(PEOPLE - 1);
  });
});
