import { expect } from 'chai';
import { updateBot } from '../../src/store/bots.ts';
import { createCampaign, getCampaignById, moveCampaign } from '../../src/store/campaigns.ts';
import { planSingle, PRIORITY } from '../../src/store/due.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { contentOf, dueMailing, expectAudited, figuresOf, text } from '../support/mailing.ts';
import { aPerson } from '../support/people.ts';
import { until } from '../support/services.ts';

onEveryDatabase('starting', (db) => {
  const world = engineWorld(db);
  const addresses = (): string[] => world.sink.arrivals.map(({ address }) => address).sort();

  it('starts a scheduled mailing at its time, neither before nor much after', async () => {
    await world.people(5);
    const draft = await createCampaign(db(), {
      name: 'Later',
      content: contentOf(text('Hello')),
      staffId: null,
      now: Date.now(),
    });
    const dueAt = Date.now() + 1200;
    await moveCampaign(db(), draft.id, 'schedule', { now: Date.now(), dueAt });
    await world.start().idle();
    expect(await getCampaignById(db(), draft.id)).to.include({ state: 'scheduled', startedAt: null });
    await world.isIn(draft, 'sent');
    const { startedAt } = await getCampaignById(db(), draft.id);
    expect(startedAt).to.be.within(dueAt, dueAt + 1500);
    const first = performance.timeOrigin + (world.sink.arrivals[0]?.at ?? 0);
    expect(first).to.be.at.least(dueAt);
    expect(world.sink.arrivals).to.have.length(5);
  });

  it('fails a mailing whose chosen bots are gone, and writes to nobody', async () => {
    const { bot } = await world.people(3);
    await world.people(3);
    const campaign = await dueMailing(db(), {
      settings: { via: { mode: 'bots', bots: [bot.publicId], each: false } },
    });
    await updateBot(db(), bot.id, { status: 'disconnected' });
    await world.start().idle();
    expect(await getCampaignById(db(), campaign.id)).to.include({ state: 'failed', reason: 'no_bot' });
    expect(world.sink.arrivals).to.deep.equal([]);
  });

  it('goes over the first of the chosen bots at which it finds the person', async () => {
    const [first, second] = [await world.bot(), await world.bot()];
    await aPerson(db(), {
      connections: [
        { bot: first, address: 'both-first' },
        { bot: second, address: 'both-second' },
      ],
    });
    await aPerson(db(), { connections: [{ bot: first, address: 'only-first' }] });
    const via = { mode: 'bots' as const, bots: [second.publicId, first.publicId] };
    const once = await dueMailing(db(), { settings: { via: { ...via, each: false } } });
    await world.start().idle();
    expect(addresses()).to.deep.equal(['both-second', 'only-first']);
    expect(await expectAudited(db(), once.id)).to.deep.equal({ planned: 2, sent: 2 });
    const each = await dueMailing(db(), { settings: { via: { ...via, each: true } } });
    await world.rig.idle();
    expect(addresses()).to.deep.equal(['both-first', 'both-second', 'both-second', 'only-first', 'only-first']);
    expect(await expectAudited(db(), each.id)).to.deep.equal({ planned: 3, sent: 3 });
  });

  it('leaves every figure untouched by a test, also by one that is refused', async () => {
    const { prefix, bot } = await world.people(2);
    world.sink.answer = (address) => (address === `${prefix}2` ? { status: 400 } : null);
    const draft = await createCampaign(db(), {
      name: 'Draft',
      content: contentOf(text('Hello')),
      staffId: null,
      now: Date.now(),
    });
    for (const person of [1, 2]) {
      const connection = await db()('connections')
        .where({ external_id: `${prefix}${person}` })
        .first();
      await planSingle(db(), {
        campaignId: draft.id,
        subscriberId: connection.subscriber_id,
        connectionId: connection.id,
        botId: bot.id,
        cause: 'test:1',
        purpose: 'test',
        content: { elements: [text('Hello')] },
        priority: PRIORITY.test,
        dueAt: Date.now(),
      });
    }
    world.start();
    const settled = () => db()('deliveries').where({ campaign_id: draft.id }).whereIn('state', ['sent', 'failed']);
    await until('both are settled', async () => (await settled()).length === 2);
    expect(await figuresOf(db(), draft.id)).to.deep.equal({ counters: {}, rows: {} });
    expect(await db()('counters').where({ campaign_id: draft.id })).to.deep.equal([]);
    expect(await db()('counter_minutes').where({ campaign_id: draft.id })).to.deep.equal([]);
    expect(await db()('due_deliveries').where({ campaign_id: draft.id })).to.deep.equal([]);
    expect((await getCampaignById(db(), draft.id)).state).to.equal('draft');
    expect(addresses()).to.deep.equal([`${prefix}1`]);
  });

  for (const [what, change] of [
    ['unsubscribed', { status: 'unsubscribed' }],
    ['blocked', { status: 'blocked' }],
  ] as const) {
    it(`leaves out who ${what} between planning and sending`, async () => {
      const { bot, prefix } = await world.people(10);
      const campaign = await dueMailing(db());
      await db()('bots').where({ id: bot.id }).update({ status: 'paused' });
      await world.start().idle();
      expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 10 });
      await db()('connections')
        .where({ external_id: `${prefix}4` })
        .update(change);
      await db()('bots').where({ id: bot.id }).update({ status: 'connected' });
      await world.rig.idle();
      expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 10, sent: 9, skipped: 1 });
      expect(
        await db()('deliveries').where({ campaign_id: campaign.id, state: 'skipped' }).pluck('reason'),
      ).to.deep.equal([what]);
      expect(addresses()).not.to.include(`${prefix}4`);
    });
  }
});
