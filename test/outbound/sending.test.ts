import { expect } from 'chai';
import type { Bot } from '../../src/store/bots.ts';
import { getCampaignById, moveCampaign } from '../../src/store/campaigns.ts';
import { planSingle } from '../../src/store/due.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { type FakeChannel, type FakeOptions, fakeChannel } from '../support/fake-channel.ts';
import { contentOf, dueMailing, expectAudited, manyPeople, type Rig, startSender, text } from '../support/mailing.ts';
import { aBot } from '../support/people.ts';
import { until } from '../support/services.ts';
import { type Sink, startSink } from '../support/sink.ts';

const PEOPLE = 60;

onEveryDatabase('sending', (db) => {
  let sink: Sink;
  let bot: Bot;
  let channel: FakeChannel;
  let rig: Rig | null = null;
  let round = 0;

  /** Each test has a bot and people of its own; those of the test before are out of reach. */
  async function world(options: FakeOptions = {}, people = PEOPLE): Promise<void> {
    round += 1;
    await db()('connections').update({ status: 'unsubscribed' });
    channel = fakeChannel(sink.url, { ...options, name: `fake${round}` });
    bot = await aBot(db(), { channel: channel.name });
    await manyPeople(db(), bot, people, `r${round}p`);
  }

  const start = (): Rig => (rig = startSender(db(), [channel]));

  beforeEach(async () => {
    sink = await startSink();
  });
  afterEach(async () => {
    await rig?.stop();
    rig = null;
    await channel.close();
    await sink.stop();
  });

  it('sends a mailing to each of its people once and calls it sent', async () => {
    await world({}, 700);
    const campaign = await dueMailing(db());
    await start().idle();
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sent');
    expect(new Set(sink.arrivals.map((arrival) => arrival.address))).to.have.property('size', 700);
    expect(sink.arrivals).to.have.length(700);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 700, sent: 700 });
    expect(await db()('slices').where({ done: 0 }).first()).to.equal(undefined);
    const minutes = await db()('counter_minutes')
      .where({ campaign_id: campaign.id, figure: 'sent' })
      .sum('value as sum')
      .first();
    expect(Number(minutes?.sum)).to.equal(700);
  });

  it('keeps the sums right at every instant, stops within a second and continues without repeating', async () => {
    await world({ rate: { mailing: 25, bot: null, chat: null } }, 300);
    const campaign = await dueMailing(db(), { settings: { speed: 200 } });
    start();
    await until('some are sent', () => sink.arrivals.length > 60);
    await expectAudited(db(), campaign.id);
    await moveCampaign(db(), campaign.id, 'stop', { now: Date.now() });
    rig?.bus.publish('campaign');
    await rig?.idle();
    const stopped = sink.arrivals.length;
    expect(stopped).to.be.lessThan(300);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 300, sent: stopped });
    await moveCampaign(db(), campaign.id, 'continue', { now: Date.now() });
    await rig?.idle();
    expect(new Set(sink.arrivals.map((arrival) => arrival.address)).size).to.equal(300);
    expect(sink.arrivals).to.have.length(300);
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sent');
  });

  it('waits out a throttled bot without counting the try', async () => {
    await world();
    const retryAt = Date.now() + 600;
    sink.answer = () => (Date.now() < retryAt ? { status: 429, body: { scope: 'bot', retryAt } } : null);
    const campaign = await dueMailing(db());
    await start().idle();
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE, sent: PEOPLE });
    expect(await db()('deliveries').where({ campaign_id: campaign.id }).max('attempts as most').first()).to.deep.equal({
      most: 1,
    });
  });

  it('lets the others go on while one chat is throttled', async () => {
    await world();
    const slow = `r${round}p7`;
    // Throttled for as long as anybody else is left.
    const others = (): boolean => sink.arrivals.length < PEOPLE - 1;
    sink.answer = (address) =>
      address === slow && others() ? { status: 429, body: { scope: 'chat', retryAt: Date.now() + 100 } } : null;
    const campaign = await dueMailing(db());
    start();
    await until('the mailing is over', async () => (await getCampaignById(db(), campaign.id)).state === 'sent');
    expect(sink.arrivals.at(-1)?.address).to.equal(slow);
    expect(sink.arrivals).to.have.length(PEOPLE);
  });

  it('marks who blocked the bot, on the delivery and on the connection', async () => {
    await world();
    const gone = `r${round}p3`;
    sink.answer = (address) => (address === gone ? { status: 403 } : null);
    const campaign = await dueMailing(db());
    await start().idle();
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: PEOPLE, sent: PEOPLE - 1, failed: 1 });
    const connection = await db()('connections').where({ external_id: gone }).first();
    expect(connection.status).to.equal('blocked');
    expect(await db()('deliveries').where({ connection_id: connection.id }).first('state', 'reason')).to.deep.equal({
      state: 'failed',
      reason: 'blocked',
    });
    expect(await db()('events').where({ connection_id: connection.id }).pluck('kind')).to.deep.equal(['blocked']);
  });

  it('tries again later what failed in passing', async () => {
    await world({}, 5);
    const first = new Set<string>();
    sink.answer = (address) => (first.has(address) ? null : (first.add(address), { status: 500 }));
    const campaign = await dueMailing(db());
    start();
    await until(
      'all wait for another try',
      async () => (await db()('due_deliveries').where({ campaign_id: campaign.id })).length === 5,
    );
    await expectAudited(db(), campaign.id);
    await db()('due_deliveries').update({ due_at: Date.now() });
    await until('the mailing is over', async () => (await getCampaignById(db(), campaign.id)).state === 'sent');
    expect(await db()('deliveries').where({ campaign_id: campaign.id }).distinct().pluck('attempts')).to.deep.equal([
      2,
    ]);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 5, sent: 5 });
  });

  it('calls unconfirmed what was never answered', async () => {
    await world({}, 10);
    const silent = `r${round}p4`;
    sink.answer = (address) => (address === silent ? { status: 200, silent: true } : null);
    const campaign = await dueMailing(db());
    await start().idle();
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 10, sent: 9, unconfirmed: 1 });
    expect(sink.arrivals).to.have.length(10);
  });

  it('stops the bot whose token is refused and lets the mailing wait', async () => {
    await world({}, 20);
    sink.answer = () => ({ status: 401 });
    const campaign = await dueMailing(db());
    await start().idle();
    await until(
      'the bot needs attention',
      async () => (await db()('bots').where({ id: bot.id }).first()).status === 'attention',
    );
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sending');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 20 });
    sink.answer = () => null;
    await db()('bots').where({ id: bot.id }).update({ status: 'connected' });
    await rig?.idle();
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 20, sent: 20 });
  });

  it('stops a mailing whose content is refused from the start', async () => {
    await world({}, 200);
    sink.answer = () => ({ status: 400 });
    const campaign = await dueMailing(db(), { settings: { speed: 200 } });
    start();
    await until('the mailing is stopped', async () => (await getCampaignById(db(), campaign.id)).state === 'stopped');
    expect((await getCampaignById(db(), campaign.id)).reason).to.equal('content_refused');
    await rig?.idle();
    expect((await expectAudited(db(), campaign.id)).failed).to.be.within(10, 60);
  });

  it('leaves out who unsubscribed after planning', async () => {
    await world({}, 40);
    const campaign = await dueMailing(db(), { settings: { speed: 40 } });
    start();
    await until('it is planned', () => sink.arrivals.length > 0);
    await db()('connections')
      .where({ external_id: `r${round}p40` })
      .update({ status: 'unsubscribed' });
    await rig?.idle();
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 40, sent: 39, skipped: 1 });
    expect(sink.arrivals.map((arrival) => arrival.address)).not.to.include(`r${round}p40`);
  });

  it('goes on after the payloads that were accepted', async () => {
    await world({}, 3);
    const campaign = await dueMailing(db(), { content: contentOf(text('one'), text('two'), text('three')) });
    const failed = new Set<string>();
    sink.answer = (address, key) =>
      key.endsWith('-1') && !failed.has(address) ? (failed.add(address), { status: 500 }) : null;
    start();
    await until(
      'all wait for another try',
      async () => (await db()('due_deliveries').where({ campaign_id: campaign.id })).length === 3,
    );
    await db()('due_deliveries').update({ due_at: Date.now() });
    await until('the mailing is over', async () => (await getCampaignById(db(), campaign.id)).state === 'sent');
    const ofOne = sink.arrivals
      .filter((arrival) => arrival.address === `r${round}p1`)
      .map((arrival) => JSON.parse(arrival.body).text[0].text);
    expect(ofOne).to.deep.equal(['one', 'two', 'three']);
    expect(sink.arrivals).to.have.length(9);
    expect(await db()('deliveries').where({ campaign_id: campaign.id }).distinct().pluck('parts')).to.deep.equal([3]);
  });

  it('lets a reply overtake a mailing and sends it once', async () => {
    await world({ rate: { mailing: 25, bot: 20, chat: null } }, 100);
    const campaign = await dueMailing(db());
    start();
    await until('the mailing runs', () => sink.arrivals.length > 3);
    const connection = await db()('connections')
      .where({ external_id: `r${round}p1` })
      .first();
    const reply = {
      campaignId: campaign.id,
      subscriberId: connection.subscriber_id,
      connectionId: connection.id,
      botId: bot.id,
      cause: 'press:1',
      purpose: 'reply' as const,
      content: { elements: [text('Here you are')] },
      priority: 10,
      dueAt: Date.now(),
    };
    expect(await planSingle(db(), reply)).to.be.a('number');
    expect(await planSingle(db(), reply)).to.equal(null);
    rig?.bus.publish('work');
    await until('the reply arrived', () => sink.arrivals.some((arrival) => arrival.body.includes('Here you are')));
    expect(sink.arrivals.length, 'the mailing is far from its end').to.be.below(75);
    expect((await expectAudited(db(), campaign.id)).planned).to.equal(100);
    await moveCampaign(db(), campaign.id, 'stop', { now: Date.now() });
  });

  it('signs the buttons of each person and fills in their name', async () => {
    await world({}, 2);
    const campaign = await dueMailing(db(), {
      content: contentOf(
        { kind: 'text', text: [{ text: 'Hello {{first_name}}' }] },
        {
          kind: 'buttons',
          rows: [
            [
              { kind: 'link', id: 'go', label: 'Go', url: 'https://shop.example/' },
              { kind: 'message', id: 'ask', label: 'Ask' },
            ],
          ],
        },
      ),
    });
    await start().idle();
    const bodies = sink.arrivals.map((arrival) => JSON.parse(arrival.body));
    expect(bodies.map((body) => body.text[0].text).sort()).to.deep.equal([`Hello r${round}p1`, `Hello r${round}p2`]);
    expect(bodies[0].buttons[0].url).to.match(/^https:\/\/herald\.example\/r\/[\w-]+$/);
    expect(bodies[0].buttons[0].url).not.to.equal(bodies[1].buttons[0].url);
    expect(await db()('links').where({ campaign_id: campaign.id }).orderBy('number').pluck('button_id')).to.deep.equal([
      'go',
      'ask',
    ]);
  });

  it('fails a mailing that has nothing to say', async () => {
    await world({}, 1);
    const campaign = await dueMailing(db(), { content: { synchronised: true, variants: {} } });
    await start().idle();
    expect(await getCampaignById(db(), campaign.id)).to.include({ state: 'failed', reason: 'no_content' });
  });
});
