// Mailings over a channel whose messages go through gates of many people's: one that asks for a pause, and the pace to each.
import { expect } from 'chai';
import type { Campaign } from '../../src/store/campaigns.ts';
import { readWaits } from '../../src/store/waits.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { dueMailing, expectAudited } from '../support/mailing.ts';
import { mostInAnySecond } from '../support/pace.ts';
import { until } from '../support/services.ts';

/** By the last digit of the address. */
const hostOf = (address: string): string => (Number(address.at(-1)) % 2 === 1 ? 'odd.example' : 'even.example');

onEveryDatabase('mailings to hosts', (db, kind) => {
  const world = engineWorld(db);
  const arrivedAt = (host: string): number =>
    world.sink.arrivals.filter(({ address }) => hostOf(address) === host).length;
  const noted = async ({ id }: Campaign) => (await readWaits(db(), [id])).get(id)?.[0];

  it('go on to others while one asks for a pause, say so, and count no try for it', async () => {
    await world.people(60, { hosts: { of: hostOf, rates: () => () => 500 } });
    let isOpen = false;
    world.sink.answer = (address) =>
      hostOf(address) === 'odd.example' && !isOpen
        ? { status: 429, body: { scope: 'host', retryAt: Date.now() + 3000 } }
        : null;
    const campaign = await dueMailing(db());
    world.start();
    await until('all of the other host have theirs', () => arrivedAt('even.example') === 30);
    await until('it is told', async () => (await noted(campaign))?.code === 'host_wait');
    expect((await noted(campaign))?.params).to.include({ host: 'odd.example' });
    expect(arrivedAt('odd.example')).to.equal(0);
    isOpen = true;
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 60, sent: 60 });
    const tries = await db()('deliveries').where({ campaign_id: campaign.id }).max({ most: 'attempts' }).first();
    expect(tries?.most).to.equal(1);
  });

  // Nothing of it is the database's.
  if (kind === 'sqlite')
    it('keep to the pace of each', async () => {
      await world.people(80, { hosts: { of: hostOf, rates: () => (host) => (host === 'odd.example' ? 20 : 1000) } });
      const campaign = await dueMailing(db());
      world.start();
      await world.isIn(campaign, 'sent');
      const times = world.sink.arrivals.filter(({ address }) => hostOf(address) === 'odd.example').map(({ at }) => at);
      expect(times).to.have.length(40);
      // Of 40 without a pace. Those up to a quarter of a second late may come together with others.
      expect(mostInAnySecond(times)).to.be.at.most(27);
    });
});
