// Messaging windows while sending: who is outside gets the template, the message at a price, or goes on over another
// connection; and a window that closes on the way is noticed at the moment of sending.
import { expect } from 'chai';
import type { Capabilities } from '../../src/domain/capabilities.ts';
import type { Content } from '../../src/domain/message.ts';
import { audit } from '../../src/stats/audit.ts';
import type { Bot } from '../../src/store/bots.ts';
import { chargedInMonth } from '../../src/store/charges.ts';
import { recipientsPage } from '../../src/store/deliveries.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { contentOf, dueMailing, expectAudited, text } from '../support/mailing.ts';
import { until } from '../support/services.ts';

const HOUR = 3_600_000;
const window = (outside: 'closed' | 'template' | 'charged'): Pick<Capabilities, 'window'> => ({
  window: { hours: 24, outside },
});

onEveryDatabase('messaging windows', (db) => {
  const world = engineWorld(db);

  /** Two people who wrote an hour ago, one who wrote two days ago, and one who never did. */
  async function people(outside: 'closed' | 'template' | 'charged'): Promise<{ bot: Bot; prefix: string }> {
    const made = await world.people(4, window(outside));
    const heard = (person: number, at: number | null) =>
      db()('connections')
        .where({ external_id: `${made.prefix}${person}` })
        .update({ last_inbound_at: at });
    await heard(1, Date.now() - HOUR);
    await heard(2, Date.now() - HOUR);
    await heard(3, Date.now() - 48 * HOUR);
    return made;
  }
  const arrived = (): string[] => world.sink.arrivals.map(({ address }) => address).toSorted();

  it('leave out whom nothing may be sent to, and say so of each', async () => {
    const { prefix } = await people('closed');
    const campaign = await dueMailing(db(), {});
    world.start();
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.deep.equal([`${prefix}1`, `${prefix}2`]);
    const { items } = await recipientsPage(db(), campaign.id, { limit: 9, state: 'skipped' });
    expect(items.map(({ reason }) => reason)).to.deep.equal(['window_closed', 'window_closed']);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 4, sent: 2, skipped: 2 });
    expect(await audit(db(), campaign.id)).to.deep.equal([]);
  });

  it('send over another connection whoever has one', async () => {
    const { bot, prefix } = await people('closed');
    const other = await world.bot();
    const own: { subscriber_id: number; external_id: string }[] = await db()('connections')
      .where({ bot_id: bot.id })
      .whereNot({ external_id: `${prefix}4` })
      .select('subscriber_id', 'external_id');
    await db()('connections').insert(
      own.map(({ subscriber_id, external_id }) => ({
        subscriber_id,
        bot_id: other.id,
        external_id: `${external_id}-b`,
        status: 'active',
        since: 1,
        subscribed_at: 1,
      })),
    );
    const campaign = await dueMailing(db(), {});
    world.start();
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.deep.equal([`${prefix}1`, `${prefix}2`, `${prefix}3-b`]);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 4, sent: 3, skipped: 1 });
  });

  it('send the approved template to those outside, with their own words in it', async () => {
    const { bot, prefix } = await people('template');
    const [channel] = world.channels;
    if (channel)
      channel.renderTemplate = ({ name, parameters }, links) => [
        { template: name, parameters, end: links.unsubscribe() },
      ];
    const content: Content = {
      ...contentOf(text('Hello')),
      templates: { [bot.channel]: { name: 'news', language: 'en', parameters: ['Dear {{first_name|friend}}'] } },
    };
    const campaign = await dueMailing(db(), { content });
    world.start();
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.deep.equal([1, 2, 3, 4].map((person) => `${prefix}${person}`));
    const to = (person: number) =>
      JSON.parse(world.sink.arrivals.find(({ address }) => address === `${prefix}${person}`)?.body ?? '{}') as object;
    expect(to(1)).to.deep.equal(text('Hello'));
    expect(to(3)).to.deep.include({ template: 'news', parameters: [`Dear ${prefix}3`] });
    expect(to(4)).to.have.property('end').that.matches(/\/u\//);
  });

  it('track the links an author wrote into the template, and the buttons that lead to this server', async () => {
    const { bot, prefix } = await people('template');
    const [channel] = world.channels;
    if (channel) channel.renderTemplate = ({ parameters, buttons = [] }) => [{ parameters, ends: buttons }];
    const button = (index: number, base: string, value: string) => ({ index, label: 'Shop', base, value });
    const content: Content = {
      ...contentOf(text('Hello')),
      templates: {
        [bot.channel]: {
          name: 'news',
          language: 'en',
          parameters: ['See https://shop.example/a?for={{first_name}}.'],
          buttons: [
            button(0, 'https://herald.example/r/', 'https://shop.example/b'),
            button(1, 'https://shop.example/', 'c?for={{first_name}}'),
          ],
        },
      },
    };
    const campaign = await dueMailing(db(), { content });
    world.start();
    await world.isIn(campaign, 'sent');
    const sent = JSON.parse(world.sink.arrivals.find(({ address }) => address === `${prefix}3`)?.body ?? '{}') as {
      parameters: string[];
      ends: { value: string }[];
    };
    expect(sent.parameters[0]).to.match(/^See https:\/\/herald\.example\/r\/[\w-]+\.$/);
    expect(sent.ends[0]?.value).to.match(/^[\w-]{10,40}$/);
    expect(sent.ends[1]?.value).to.equal(`c?for=${prefix}3`);
    const stored = await db()('links').where({ campaign_id: campaign.id }).pluck('target');
    expect(JSON.stringify(stored)).to.include('shop.example/a').and.include('shop.example/b');
  });

  it('leave them out where the author wrote no template', async () => {
    const { prefix } = await people('template');
    const campaign = await dueMailing(db(), {});
    world.start();
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.deep.equal([`${prefix}1`, `${prefix}2`]);
  });

  it('count what is charged, by bot and month', async () => {
    const { bot, prefix } = await people('charged');
    const campaign = await dueMailing(db(), {});
    world.start();
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.have.length(4).and.include(`${prefix}4`);
    expect((await chargedInMonth(db(), [bot.id], Date.now())).get(bot.id)).to.equal(2);
    expect(await chargedInMonth(db(), [bot.id], Date.now() - 40 * 24 * HOUR)).to.deep.equal(new Map());
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 4, sent: 4 });
  });

  it('are looked at again at the moment of sending', async () => {
    const { bot, prefix } = await people('closed');
    const campaign = await dueMailing(db(), {});
    // Planned while the platform was away for a day.
    let now = Date.now();
    await db()('bots').where({ id: bot.id }).update({ status: 'paused' });
    world.start({ now: () => now });
    await until('it is planned', async () => {
      const row = await db()('deliveries').where({ campaign_id: campaign.id }).count('* as count').first();
      return Number(row?.count) === 4;
    });
    await db()('connections')
      .where({ external_id: `${prefix}2` })
      .update({ last_inbound_at: now + 20 * HOUR });
    now += 24 * HOUR;
    await db()('bots').where({ id: bot.id }).update({ status: 'connected' });
    world.rig.bus.publish('bot', { id: bot.id });
    await world.isIn(campaign, 'sent');
    expect(arrived()).to.deep.equal([`${prefix}2`]);
    const { items } = await recipientsPage(db(), campaign.id, { limit: 9, state: 'skipped' });
    expect(items.map(({ reason }) => reason)).to.deep.equal(Array(3).fill('window_closed'));
    expect(await audit(db(), campaign.id)).to.deep.equal([]);
  });
});
