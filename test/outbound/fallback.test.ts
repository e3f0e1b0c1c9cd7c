// One person, one copy: where a connection refuses, the message goes on over the person's next one.
import { expect } from 'chai';
import type { MailingSettings } from '../../src/domain/mailing-settings.ts';
import { audit } from '../../src/stats/audit.ts';
import type { Bot } from '../../src/store/bots.ts';
import { type Campaign, moveCampaign } from '../../src/store/campaigns.ts';
import { recipientsPage, retryDeliveries } from '../../src/store/deliveries.ts';
import { skipWhatIsPlanned } from '../../src/store/disconnect.ts';
import { updateBot } from '../../src/store/bots.ts';
import { timelineOf } from '../../src/store/timeline.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { contentOf, dueMailing, expectAudited, text } from '../support/mailing.ts';
import { until } from '../support/services.ts';

const NOW = 1_700_000_000_000;

onEveryDatabase('going on over the next connection', (db) => {
  const world = engineWorld(db);

  /** People with connections at three bots: their main one at the first, the third used more recently than the second. */
  async function people(
    count: number,
  ): Promise<{ bots: [Bot, Bot, Bot]; address(bot: 0 | 1 | 2, person?: number): string }> {
    const { bot, prefix } = await world.people(count);
    const bots: [Bot, Bot, Bot] = [bot, await world.bot(), await world.bot()];
    const own: { subscriber_id: number; external_id: string }[] = await db()('connections')
      .where({ bot_id: bot.id })
      .select('subscriber_id', 'external_id');
    for (const index of [1, 2] as const)
      await db()('connections').insert(
        own.map((row) => ({
          subscriber_id: row.subscriber_id,
          bot_id: bots[index].id,
          external_id: `${row.external_id}-${index}`,
          status: 'active',
          since: 1,
          subscribed_at: 1,
          last_inbound_at: NOW + index,
        })),
      );
    return { bots, address: (at, person = 1) => `${prefix}${person}${at === 0 ? '' : `-${at}`}` };
  }

  /** Status codes by address; all else is accepted. */
  const answers = (codes: Record<string, number>): void => {
    world.sink.answer = (address) => (codes[address] === undefined ? null : { status: codes[address] });
  };
  const arrived = (): string[] => world.sink.arrivals.map(({ address }) => address).toSorted();
  const send = async (settings: Partial<MailingSettings> = {}): Promise<Campaign> => {
    const campaign = await dueMailing(db(), { settings });
    world.start();
    await world.isIn(campaign, 'sent');
    return campaign;
  };
  const recipients = async ({ id }: Campaign) => (await recipientsPage(db(), id, { limit: 50 })).items;
  const statusOf = async (address: string): Promise<string> =>
    (await db()('connections').where({ external_id: address }).first('status')).status as string;
  const clean = async ({ id }: Campaign): Promise<void> => {
    expect(await audit(db(), id)).to.deep.equal([]);
  };

  it('takes the one used most recently, then the next, once each, and tells what was tried', async () => {
    const { bots, address } = await people(3);
    answers({ [address(0, 1)]: 403, [address(0, 2)]: 404, [address(2, 2)]: 410 });
    const campaign = await send();
    expect(arrived()).to.deep.equal([address(2, 1), address(1, 2), address(0, 3)].toSorted());
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 3, sent: 3 });
    await clean(campaign);
    const [first, second, third] = await recipients(campaign);
    const over = (bot: Bot, reason: string) => ({ channel: bot.channel, bot: bot.name, reason });
    expect(first).to.deep.include({
      bot: bots[2].name,
      tried: [over(bots[0], 'blocked')],
      state: 'sent',
      reason: null,
    });
    expect(second).to.deep.include({
      bot: bots[1].name,
      tried: [over(bots[0], 'unreachable'), over(bots[2], 'window_closed')],
      attempts: 1,
    });
    expect(third).to.deep.include({ bot: bots[0].name, tried: [] });
    expect(await statusOf(address(0, 1))).to.equal('blocked');
    expect(await statusOf(address(0, 2))).to.equal('unreachable');
    expect(await statusOf(address(2, 2))).to.equal('active');

    const { subscriber_id: id } = await db()('connections')
      .where({ external_id: address(0, 1) })
      .first('subscriber_id');
    const { items } = await timelineOf(db(), id, { limit: 9 });
    expect(items.find(({ what }) => what === 'fell_back')).to.include({
      reason: 'blocked',
      bot: bots[0].name,
      text: bots[2].name,
    });
    expect(items.find(({ what }) => what === 'sent')).to.include({ bot: bots[2].name });
  });

  it('fails for the first reason where none is left', async () => {
    const { address, bots } = await people(1);
    answers({ [address(0)]: 410, [address(1)]: 403, [address(2)]: 403 });
    const campaign = await send();
    expect(arrived()).to.deep.equal([]);
    const [row] = await recipients(campaign);
    expect(row).to.include({ state: 'failed', reason: 'window_closed', bot: bots[1].name });
    expect(row?.tried.map(({ reason }) => reason)).to.deep.equal(['window_closed', 'blocked']);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 1, failed: 1 });
    await clean(campaign);
  });

  it('goes by the order of the list, and stays away from bots that are not in it', async () => {
    const { bots, address } = await people(2);
    answers({ [address(1, 1)]: 403, [address(1, 2)]: 403, [address(0, 2)]: 403 });
    const campaign = await send({ via: { mode: 'bots', bots: [bots[1].publicId, bots[0].publicId], each: false } });
    expect(arrived()).to.deep.equal([address(0, 1)]);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 2, sent: 1, failed: 1 });
    await clean(campaign);
  });

  it('leaves alone what the settings, the message or the person do not let go on', async () => {
    const { bots, address } = await people(1);
    answers({ [address(0)]: 403 });
    const alone = await send({ via: { mode: 'main', fallback: false } });
    expect((await recipients(alone))[0]).to.include({ state: 'failed', reason: 'blocked' });
    await db()('connections')
      .where({ external_id: address(0) })
      .update({ status: 'active' });
    const each = await send({ via: { mode: 'bots', bots: bots.map(({ publicId }) => publicId), each: true } });
    expect((await recipients(each)).map(({ state }) => state)).to.deep.equal(['failed', 'sent', 'sent']);
    await db()('connections')
      .where({ external_id: address(0) })
      .update({ status: 'active' });
    world.sink.arrivals.length = 0;
    answers({ [address(0)]: 400 });
    const content = await send();
    expect((await recipients(content))[0]).to.include({ state: 'failed', reason: 'content_refused' });
    expect(arrived()).to.deep.equal([]);
  });

  it('sends no beginning twice: what has arrived in part goes on nowhere', async () => {
    const { address } = await people(1);
    world.sink.answer = (_address, key) => (key.endsWith('-1') ? { status: 403 } : null);
    const campaign = await dueMailing(db(), { content: contentOf(text('one'), text('two')) });
    world.start();
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.deep.equal([address(0)]);
    expect((await recipients(campaign))[0]).to.include({ state: 'failed', reason: 'blocked' });
  });

  it('goes on for those found blocked or unreachable just before, and not for those who said no', async () => {
    const { bots, address } = await people(20);
    const campaign = await dueMailing(db(), { settings: { speed: 20 } });
    world.start();
    await until('it is planned', () => world.sink.arrivals.length > 0);
    const become = (person: number, status: string) =>
      db()('connections')
        .where({ external_id: address(0, person) })
        .update({ status });
    await become(20, 'blocked');
    await become(19, 'unreachable');
    await become(18, 'unsubscribed');
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.include.members([address(2, 20), address(2, 19)]);
    const rows = await recipients(campaign);
    expect(rows[17]).to.include({ state: 'skipped', reason: 'unsubscribed', bot: bots[0].name });
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 20, sent: 19, skipped: 1 });
    await clean(campaign);
  });

  it('goes on from a bot that is disconnected meanwhile', async () => {
    const { bots, address } = await people(30);
    const campaign = await dueMailing(db(), { settings: { speed: 30 } });
    world.start();
    await until('it is planned', () => world.sink.arrivals.length > 0);
    await updateBot(db(), bots[0].id, { status: 'disconnected' });
    await skipWhatIsPlanned(db(), bots[0].id, NOW);
    world.rig.bus.publish('work');
    await world.isIn(campaign, 'sent');
    expect(new Set(arrived()).size).to.equal(30);
    expect(arrived()).to.include(address(2, 30));
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 30, sent: 30 });
    await clean(campaign);
  });

  it('waits while the mailing is stopped, and goes on with it', async () => {
    const { address } = await people(1);
    const campaign = await dueMailing(db());
    world.sink.answer = (at) => {
      if (at !== address(0)) return null;
      void moveCampaign(db(), campaign.id, 'stop', { now: Date.now() });
      return { status: 403 };
    };
    world.start();
    await until(
      'it has moved',
      async () => (await db()('due_deliveries').where({ campaign_id: campaign.id })).length === 1,
    );
    await world.isIn(campaign, 'stopped');
    expect(arrived()).to.deep.equal([]);
    await moveCampaign(db(), campaign.id, 'continue', { now: Date.now() });
    world.rig.bus.publish('work');
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.deep.equal([address(2)]);
    await clean(campaign);
  });

  it('starts over with the first connection when a person has it tried again', async () => {
    const { bots, address } = await people(2);
    answers({ [address(0, 1)]: 403, [address(2, 1)]: 500 });
    const campaign = await dueMailing(db());
    world.start();
    const waiting = () => db()('due_deliveries').where({ campaign_id: campaign.id, bot_id: bots[2].id });
    await until(
      'it waits for another try',
      async () => (await db()('deliveries').where({ bot_id: bots[2].id, attempts: 1 })).length === 1,
    );
    const [{ delivery_id: id }] = await waiting();
    await db()('deliveries').where({ id }).update({ attempts: 5 });
    await waiting().update({ due_at: Date.now() });
    world.rig.bus.publish('work');
    await world.isIn(campaign, 'sent');
    expect((await recipients(campaign))[0]).to.include({ state: 'failed', reason: 'platform_error' });
    await world.rig.stop();

    answers({});
    await db()('connections')
      .where({ external_id: address(0, 1) })
      .update({ status: 'active' });
    expect(await retryDeliveries(db(), campaign.id, 'failed', Date.now())).to.equal(1);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 2, sent: 1 });
    await clean(campaign);
    expect((await recipients(campaign))[0]).to.deep.include({ state: 'planned', bot: bots[0].name, tried: [] });
    world.start();
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.deep.equal([address(0, 1), address(0, 2)].toSorted());
    await clean(campaign);
  });
});
