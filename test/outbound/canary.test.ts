// A canary start with the real engine and a clock that the test moves: the first people, the wait, the verdict.
import { expect } from 'chai';
import type { CanaryState } from '../../src/domain/canary.ts';
import type { Canary } from '../../src/domain/mailing-settings.ts';
import { statisticsSchema } from '../../src/http/api/statistics.ts';
import { createCanaryCounts } from '../../src/stats/canary.ts';
import { statistics } from '../../src/stats/statistics.ts';
import { moveCampaign, type Campaign, getCampaignById } from '../../src/store/campaigns.ts';
import { canaryParts } from '../../src/store/canary.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { dueMailing, expectAudited } from '../support/mailing.ts';
import { aPerson } from '../support/people.ts';
import { until } from '../support/services.ts';

const FIRST = 10;
const REST = 30;
const MINUTE_MS = 60_000;

onEveryDatabase('a canary start', (db) => {
  const world = engineWorld(db);
  let skew = 0;
  const now = (): number => Date.now() + skew;
  const start = () => world.start({ now });
  const pass = (ms: number): void => {
    skew += ms;
    world.rig.bus.publish('work');
  };
  const canary = (changes: Partial<Canary> = {}): Canary => ({
    people: FIRST,
    minutes: 10,
    failed: 5,
    blocked: 3,
    unsubscribed: 2,
    ...changes,
  });
  const mailing = (changes: Partial<Canary> = {}): Promise<Campaign> =>
    dueMailing(db(), { settings: { canary: canary(changes) } });
  const reread = ({ id }: Campaign): Promise<Campaign> => getCampaignById(db(), id);
  const isAt = (campaign: Campaign, state: CanaryState | null): Promise<void> =>
    until(`the canary is ${state}`, async () => (await reread(campaign)).canary === state);

  beforeEach(() => {
    skew = 0;
  });

  it('sends to exactly the first, waits for their answers, and goes on by itself', async () => {
    await world.people(FIRST + REST);
    const campaign = await mailing();
    start();
    await isAt(campaign, 'watching');
    expect(world.sink.arrivals).to.have.length(FIRST);
    expect((await reread(campaign)).canaryUntil).to.be.closeTo(now() + 10 * MINUTE_MS, 5000);
    await until('the mailing says what it waits for', async () => {
      const row = await db()('campaign_waits').where({ campaign_id: campaign.id }).first('code');
      return row?.code === 'canary';
    });
    pass(9 * MINUTE_MS);
    await world.rig.idle();
    expect(world.sink.arrivals).to.have.length(FIRST);
    pass(MINUTE_MS);
    await world.isIn(campaign, 'sent');
    expect((await reread(campaign)).canary).to.equal('passed');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: FIRST + REST, sent: FIRST + REST });
    const { first, rest } = await canaryParts(db(), await reread(campaign));
    expect(first).to.include({ people: FIRST, sent: FIRST, blocked: 0, remaining: 0 });
    expect(rest).to.include({ people: REST, sent: REST, remaining: 0 });
  });

  it('counts the first over all bots together, and cuts finer than a slice', async () => {
    await world.people(7);
    await world.people(7);
    await world.people(600);
    const campaign = await mailing();
    start();
    await isAt(campaign, 'watching');
    expect(world.sink.arrivals).to.have.length(FIRST);
    pass(10 * MINUTE_MS);
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 614, sent: 614 });
    expect(new Set(world.sink.arrivals.map(({ address }) => address)).size).to.equal(614);
  });

  it('takes the first from several ranges of planning', async () => {
    // Planning begins with 500 ids at a time.
    await world.people(1300);
    const campaign = await mailing({ people: 1100, minutes: 0 });
    start();
    await world.isIn(campaign, 'sent');
    const { first, rest } = await canaryParts(db(), await reread(campaign));
    expect(first.people).to.equal(1100);
    expect(rest.people).to.equal(200);
    expect((await reread(campaign)).canary).to.equal('passed');
  });

  it('is a plain mailing where everybody is among the first', async () => {
    await world.people(FIRST);
    const campaign = await mailing();
    start();
    await world.isIn(campaign, 'sent');
    expect((await reread(campaign)).canary).to.equal(null);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: FIRST, sent: FIRST });
  });

  it('stops when too many of the first fail, says which threshold, and goes on when a person says so', async () => {
    const { prefix } = await world.people(FIRST + REST);
    world.sink.answer = (address) => (['1', '2'].some((n) => address === prefix + n) ? { status: 400 } : null);
    const campaign = await mailing({ failed: 15 });
    start();
    await world.isIn(campaign, 'stopped');
    const stopped = await reread(campaign);
    expect(stopped).to.include({ reason: 'canary_failed', canary: 'failed' });
    expect(stopped.canaryVerdict).to.deep.equal({ threshold: 'failed', count: 2, tried: 10, share: 20, limit: 15 });
    expect((await canaryParts(db(), stopped)).rest).to.include({ people: REST, sent: 0, remaining: REST });
    await moveCampaign(db(), campaign.id, 'continue', { now: now() });
    world.rig.bus.publish('work');
    await world.isIn(campaign, 'sent');
    expect((await reread(campaign)).canary).to.equal('overruled');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 40, sent: 38, failed: 2 });
  });

  it('stops as soon as no answer can mend it', async () => {
    const { prefix } = await world.people(FIRST + REST);
    // The last of the first is never done: its platform wants another try each time.
    world.sink.answer = (address) => {
      if (address === `${prefix}1`) return { status: 403 };
      return address === `${prefix}10` ? { status: 500 } : null;
    };
    const campaign = await mailing({ blocked: 9 });
    start();
    await world.isIn(campaign, 'stopped');
    expect((await reread(campaign)).canaryVerdict).to.include({ threshold: 'blocked', count: 1, share: 10 });
  });

  it('counts who blocks the bot or unsubscribes while it waits', async () => {
    const { bot } = await world.people(FIRST + REST);
    const campaign = await mailing({ blocked: 20 });
    start();
    await isAt(campaign, 'watching');
    const [one, two, three] = (await db()('deliveries').where({ campaign_id: campaign.id, state: 'sent' })) as {
      id: number;
      connection_id: number;
    }[];
    await db()('connections')
      .where({ id: one!.connection_id, bot_id: bot.id })
      .update({ status: 'blocked', since: now() });
    await db()('deliveries').whereIn('id', [two!.id, three!.id]).update({ unsubscribed_at: now() });
    world.rig.bus.publish('work');
    await world.isIn(campaign, 'stopped');
    const stopped = await reread(campaign);
    expect(stopped.canaryVerdict).to.include({ threshold: 'unsubscribed', count: 2, share: 20, limit: 2 });
    expect((await canaryParts(db(), stopped)).first).to.include({
      sent: FIRST,
      blocked: 1,
      refused: 0,
      unsubscribed: 2,
    });
  });

  it('waits for those who are tried again', async () => {
    const { prefix } = await world.people(FIRST + REST);
    let tries = 0;
    world.sink.answer = (address) => (address === `${prefix}3` && (tries += 1) === 1 ? { status: 500 } : null);
    const campaign = await mailing();
    start();
    await until('nine of the first are out', () => world.sink.arrivals.length === FIRST - 1);
    await until(
      'the tenth waits for its next try',
      async () => (await db()('due_deliveries').where({ campaign_id: campaign.id })).length === 1,
    );
    await world.rig.idle();
    expect((await reread(campaign)).canary).to.equal('running');
    pass(MINUTE_MS);
    await isAt(campaign, 'watching');
    expect(world.sink.arrivals).to.have.length(FIRST);
  });

  it('goes on after a stop by hand, whose time counts', async () => {
    await world.people(FIRST + REST);
    const campaign = await mailing();
    start();
    await isAt(campaign, 'watching');
    await moveCampaign(db(), campaign.id, 'stop', { now: now() });
    pass(11 * MINUTE_MS);
    await world.rig.idle();
    expect(world.sink.arrivals).to.have.length(FIRST);
    await moveCampaign(db(), campaign.id, 'continue', { now: now() });
    world.rig.bus.publish('work');
    await world.isIn(campaign, 'sent');
    expect((await reread(campaign)).canary).to.equal('passed');
  });

  it('is reported in two parts whose figures add up to those of the mailing', async () => {
    const { prefix } = await world.people(FIRST + REST);
    world.sink.answer = (address) => (address === `${prefix}2` || address === `${prefix}20` ? { status: 403 } : null);
    const campaign = await mailing({ minutes: 0, blocked: 20 });
    start();
    await world.isIn(campaign, 'sent');
    const three = (await db()('deliveries')
      .where({ campaign_id: campaign.id })
      .orderBy('id')
      .limit(3)
      .pluck('id')) as number[];
    await db()('deliveries').whereIn('id', three).update({ link_clicked_at: 5 });
    const channels = new Map(world.channels.map((channel) => [channel.name, channel]));
    const counted = { language: 'en', countCanary: createCanaryCounts(db()) };
    const { canary: report, figures } = statisticsSchema.parse(
      await statistics(db(), await reread(campaign), channels, counted),
    );
    expect(report).to.deep.include({ state: 'passed', verdict: null, limits: canary({ minutes: 0, blocked: 20 }) });
    const { first, rest } = report!;
    expect(first).to.include({ people: FIRST, sent: 9, blocked: 1, refused: 1, failed: 0, clicked: 3 });
    expect(rest).to.include({ people: REST, sent: 29, blocked: 1, clicked: 0 });
    expect(first.people + rest.people).to.equal(figures.planned);
    expect(first.sent + rest.sent).to.equal(figures.sent);
    expect(first.failed + rest.failed + first.refused + rest.refused).to.equal(figures.failed);
    // This channel reports no receipts: unknown is not zero.
    expect(first).to.include({ delivered: null, opened: null });
  });

  it('begins anew with every start of a repeated mailing', async () => {
    await world.people(FIRST + REST);
    const nine = Date.UTC(2027, 2, 1, 9);
    skew = nine - Date.now();
    const repeat = { cron: '0 9 * * *', zone: 'UTC', until: null, times: 2 };
    const campaign = await dueMailing(db(), { settings: { canary: canary(), repeat }, now: nine });
    start();
    for (const round of [1, 2]) {
      await isAt(campaign, 'watching');
      expect(world.sink.arrivals).to.have.length((round - 1) * (FIRST + REST) + FIRST);
      pass(10 * MINUTE_MS);
      await world.isIn(campaign, round === 1 ? 'scheduled' : 'sent');
      expect((await reread(campaign)).canary).to.equal('passed');
      const { first, rest } = await canaryParts(db(), await reread(campaign));
      expect([first.people, rest.people]).to.deep.equal([FIRST, REST]);
      pass(24 * 60 * MINUTE_MS - 10 * MINUTE_MS);
    }
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 80, sent: 80 });
  });

  it('judges by those of the first whose hour has come, and does not hold a zone back for the next', async () => {
    const bot = await world.bot();
    const zones = ['Asia/Tokyo', 'Europe/Kyiv'];
    for (let n = 0; n < 12; n += 1)
      await aPerson(db(), { timeZone: zones[n % 2]!, connections: [{ bot, address: `z${n}` }] });
    const six = Date.parse('2027-03-01T09:00:00Z');
    skew = six - MINUTE_MS - Date.now();
    const campaign = await dueMailing(db(), {
      settings: {
        canary: canary({ people: 4 }),
        when: { mode: 'person', local: '2027-03-01T18:00', overlap: 'first', passed: 'now', zoneless: 'workspace' },
      },
      now: six - MINUTE_MS,
    });
    const addresses = (): string[] => world.sink.arrivals.map(({ address }) => address).sort();
    start();
    await world.isIn(campaign, 'sending');
    await world.rig.idle();
    expect(addresses()).to.deep.equal([]);
    pass(MINUTE_MS);
    await isAt(campaign, 'watching');
    expect(addresses()).to.deep.equal(['z0', 'z2']);
    pass(10 * MINUTE_MS);
    await until('Tokyo has it', () => world.sink.arrivals.length === 6);
    expect(addresses()).to.deep.equal(['z0', 'z10', 'z2', 'z4', 'z6', 'z8']);
    pass(7 * 60 * MINUTE_MS);
    await world.isIn(campaign, 'sent');
    expect(world.sink.arrivals).to.have.length(12);
  });

  it('is taken over by another sender in whatever state it is', async () => {
    await world.people(FIRST + REST);
    const campaign = await mailing();
    const first = start();
    await isAt(campaign, 'watching');
    await first.stop();
    start();
    start();
    pass(10 * MINUTE_MS);
    await world.isIn(campaign, 'sent');
    expect((await reread(campaign)).canary).to.equal('passed');
    expect(world.sink.arrivals).to.have.length(FIRST + REST);
  });
});
