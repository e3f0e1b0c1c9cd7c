// A restored copy: the engine as a person finds it before and after the confirmation.
import { expect } from 'chai';
import { planSingle, PRIORITY } from '../../src/store/due.ts';
import { liveSenders } from '../../src/store/senders.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { dueMailing, expectAudited, text } from '../support/mailing.ts';
import { until } from '../support/services.ts';

const PEOPLE = 20;

onEveryDatabase('an engine on a restored copy', (db) => {
  const world = engineWorld(db);
  let confirmed = false;
  let looks = 0;
  const instance = {
    async isConfirmed() {
      looks += 1;
      return confirmed;
    },
  };
  const start = () => world.start({ instance });

  beforeEach(() => {
    confirmed = false;
    looks = 0;
  });

  it('sends nothing, starts nothing and leaves the ledger as it is, until it is confirmed', async () => {
    const { bot } = await world.people(PEOPLE);
    const campaign = await dueMailing(db());
    // What was on the wire when the copy was made.
    const [person] = (await db()('connections').where({ bot_id: bot.id }).limit(1)) as {
      id: number;
      subscriber_id: number;
    }[];
    const single = await planSingle(db(), {
      campaignId: campaign.id,
      subscriberId: person!.subscriber_id,
      connectionId: person!.id,
      botId: bot.id,
      cause: 'press:1',
      purpose: 'reply',
      content: { elements: [text('Reply')] },
      priority: PRIORITY.reply,
      dueAt: 1,
    });
    const rig = start();
    const before = looks;
    rig.bus.publish('work');
    await until('it has looked twice more', () => looks >= before + 2);
    await world.isIn(campaign, 'scheduled');
    expect(world.sink.arrivals).to.deep.equal([]);
    expect((await db()('deliveries').where({ id: single }).first('state')).state).to.equal('planned');
    expect((await liveSenders(db())).map(({ id }) => id)).to.deep.equal([]);

    confirmed = true;
    rig.bus.publish('instance');
    await world.isIn(campaign, 'sent');
    await until('the reply is out', () => world.sink.arrivals.length === PEOPLE + 1);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE, sent: PEOPLE });
  });

  it('ends what is under way when another machine is confirmed in its place', async () => {
    confirmed = true;
    await world.people(PEOPLE);
    const campaign = await dueMailing(db(), { settings: { speed: 5 } });
    const rig = start();
    await until('the first message is out', () => world.sink.arrivals.length > 0);
    confirmed = false;
    rig.bus.publish('instance');
    await until('its leases are given back', async () => {
      const held = await db()('slices').whereNotNull('lease_owner');
      return held.length === 0;
    });
    const arrived = world.sink.arrivals.length;
    expect(arrived).to.be.lessThan(PEOPLE);
    const before = looks;
    await until('it has looked twice more', () => looks >= before + 2);
    expect(world.sink.arrivals).to.have.length(arrived);
    await world.isIn(campaign, 'sending');
  });
});
