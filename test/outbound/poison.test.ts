// One delivery that makes trouble of its own: an outcome that the database does not take, a message that cannot be made.
import { expect } from 'chai';
import { type Campaign, getCampaignById } from '../../src/store/campaigns.ts';
import { readFindings } from '../../src/store/findings.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { contentOf, dueMailing, expectAudited, text } from '../support/mailing.ts';
import { accept, refuse } from '../support/poison.ts';
import { until } from '../support/services.ts';

const PEOPLE = 90;

onEveryDatabase('an outcome that cannot be written', (db) => {
  const world = engineWorld(db);

  afterEach(() => accept(db()));

  /** The person in the middle, by the prefix of this test's addresses. */
  async function poisonous(prefix: string): Promise<number> {
    const row = (await db()('connections')
      .where({ external_id: `${prefix}${PEOPLE / 2}` })
      .first('id')) as { id: number };
    return row.id;
  }

  const rowOf = async ({ id }: Campaign, connection: number): Promise<Record<string, unknown>> =>
    (await db()('deliveries')
      .where({ campaign_id: id, connection_id: connection })
      .first('state', 'reason', 'external_message_id as messageId')) as Record<string, unknown>;

  it('is written without its message id where that is what stands against it', async () => {
    const { prefix } = await world.people(PEOPLE);
    const connection = await poisonous(prefix);
    await refuse(db(), `new.connection_id = ${connection} and new.external_message_id is not null`);
    const campaign = await dueMailing(db());
    world.start();
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE, sent: PEOPLE });
    expect(await rowOf(campaign, connection)).to.deep.equal({ state: 'sent', reason: null, messageId: null });
    const withId = await db()('deliveries').where({ campaign_id: campaign.id }).whereNotNull('external_message_id');
    expect(withId).to.have.length(PEOPLE - 1);
  });

  it('becomes unconfirmed where no other state is taken, and holds up nobody', async () => {
    const { prefix } = await world.people(PEOPLE);
    const connection = await poisonous(prefix);
    await refuse(db(), `new.connection_id = ${connection} and new.state = 'sent'`);
    const campaign = await dueMailing(db());
    world.start();
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({
      planned: PEOPLE,
      sent: PEOPLE - 1,
      unconfirmed: 1,
    });
    expect(await rowOf(campaign, connection)).to.include({ state: 'unconfirmed', reason: 'not_written' });
    expect(world.sink.arrivals).to.have.length(PEOPLE);
  });

  it('is set aside and told of where nothing is taken, and judged once the database takes it', async () => {
    const { prefix } = await world.people(PEOPLE);
    const connection = await poisonous(prefix);
    const campaign = await dueMailing(db());
    await refuse(
      db(),
      `new.connection_id = ${connection} and old.campaign_id = ${campaign.id} and old.state = 'sending'`,
    );
    world.start({ stuckAfterMs: 2_000 });
    await until('all others are written', async () => (await expectAudited(db(), campaign.id)).sent === PEOPLE - 1);
    await until('it is told', async () => (await readFindings(db())).some(({ kind }) => kind === 'unwritten'));
    // Its lane went on without it: the next mailing is sent.
    const next = await dueMailing(db(), { content: contentOf(text('Next')) });
    const lapse = (): Promise<number> =>
      db()('slices').where({ campaign_id: campaign.id, done: 0 }).update({ lease_until: 1 });
    await lapse();
    await world.isIn(next, 'sent');
    expect(await rowOf(campaign, connection)).to.include({ state: 'sending' });
    await accept(db());
    // Its slice may be taken up and left again meanwhile, each time for the length of a lease.
    await until('the mailing is sent', async () => {
      await lapse();
      return (await getCampaignById(db(), campaign.id)).state === 'sent';
    });
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({
      planned: PEOPLE,
      sent: PEOPLE - 1,
      unconfirmed: 1,
    });
    expect(world.sink.arrivals).to.have.length(2 * PEOPLE);
  });
});

onEveryDatabase('a message that cannot be made', (db) => {
  const world = engineWorld(db);

  it('fails for its person with the reason, and reaches all others', async () => {
    await world.people(PEOPLE);
    const [channel] = world.channels;
    if (!channel) throw new Error('no channel');
    const { render } = channel;
    channel.render = (message, links, choices) => {
      if (JSON.stringify(message).includes(`p${PEOPLE / 2}"`)) throw new TypeError('no such thing');
      return render(message, links, choices);
    };
    const content = contentOf({ kind: 'text', text: [{ text: 'Dear {{first_name}}' }] });
    const campaign = await dueMailing(db(), { content });
    world.start();
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE, sent: PEOPLE - 1, failed: 1 });
    const failed = await db()('deliveries').where({ campaign_id: campaign.id, state: 'failed' }).pluck('reason');
    expect(failed).to.deep.equal(['not_rendered']);
  });

  it('fails for everybody where it is the same for all, and the mailing ends', async () => {
    await world.people(PEOPLE);
    const [channel] = world.channels;
    if (!channel) throw new Error('no channel');
    channel.render = () => {
      throw new TypeError('no such thing');
    };
    const campaign = await dueMailing(db());
    world.start();
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE, failed: PEOPLE });
    expect(world.sink.arrivals).to.deep.equal([]);
  });
});
