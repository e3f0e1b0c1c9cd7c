import { expect } from 'chai';
import { IN_FLIGHT } from '../../src/outbound/index.ts';
import { type Campaign, getCampaignById, moveCampaign, patchCampaign } from '../../src/store/campaigns.ts';
import { planSingle, PRIORITY } from '../../src/store/due.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { contentOf, dueMailing, expectAudited, text } from '../support/mailing.ts';
import { mostInAnySecond } from '../support/pace.ts';
import { until } from '../support/services.ts';
import type { Arrival } from '../support/sink.ts';

onEveryDatabase('limits', (db, kind) => {
  const world = engineWorld(db);

  it('lets two mailings share a bot, so that neither waits for the other to end', async () => {
    await world.people(120, { rate: { mailing: 25, bot: 100, chat: null } });
    const first = await dueMailing(db(), { content: contentOf(text('first')) });
    const second = await dueMailing(db(), { content: contentOf(text('second')) });
    world.start();
    await world.isIn(first, 'sent');
    await world.isIn(second, 'sent');
    const places = (words: string): number[] =>
      world.sink.arrivals.flatMap(({ body }, place) => (body.includes(words) ? [place] : []));
    const lasts = ['first', 'second'].map((words) => places(words).at(-1) ?? 0);
    expect(Math.min(...lasts), 'when one is over, the other nearly is').to.be.at.least(180);
    for (const mailing of [first, second])
      expect(await expectAudited(db(), mailing.id)).to.deep.equal({ planned: 120, sent: 120 });
    expect(world.sink.arrivals).to.have.length(240);
  });

  /** How many of each came while all were under way: after the first moments, before the first was over. */
  const sharesWhileTogether = (words: readonly string[]): number[] => {
    const of = (word: string): Arrival[] => world.sink.arrivals.filter(({ body }) => body.includes(word));
    const from = Math.max(...words.map((word) => of(word)[0]?.at ?? Infinity));
    const to = Math.min(...words.map((word) => of(word).at(-1)?.at ?? 0));
    return words.map((word) => of(word).filter(({ at }) => at > from && at < to).length);
  };

  const FAIR_PARTS = [
    { speeds: [null, null], parts: [0.5, 0.5] },
    { speeds: [null, 30], parts: [0.75, 0.25] },
    { speeds: [null, 100, 24], parts: [0.4, 0.4, 0.2] },
  ];
  // Nothing of it is the database's.
  for (const { speeds, parts } of kind === 'sqlite' ? FAIR_PARTS : [])
    it(`gives mailings at ${speeds.map((speed) => speed ?? 'any speed').join(', ')} their fair parts of a bot`, async () => {
      await world.people(260, { rate: { mailing: 25, bot: 120, chat: null } });
      const words = speeds.map((_, index) => `mailing-${index}`);
      const campaigns: Campaign[] = [];
      for (const [index, speed] of speeds.entries())
        campaigns.push(await dueMailing(db(), { settings: { speed }, content: contentOf(text(words[index] ?? '')) }));
      world.start();
      await world.isIn(campaigns[0]!, 'sent');
      const got = sharesWhileTogether(words);
      const all = got.reduce((sum, one) => sum + one, 0);
      expect(all).to.be.at.least(250);
      got.forEach((count, index) =>
        expect(count / all, words[index]).to.be.closeTo(parts[index]!, parts[index]! * 0.1),
      );
      for (const campaign of campaigns)
        await moveCampaign(db(), campaign.id, 'stop', { now: Date.now() }).catch(() => {});
    });

  it('lets a reply overtake a mailing at full speed within a second', async () => {
    const { bot } = await world.people(400, { rate: { mailing: 25, bot: 60, chat: null } });
    const campaign = await dueMailing(db());
    world.start();
    await until('it is under way', () => world.sink.arrivals.length >= 60);
    const connection = await db()('connections').where({ bot_id: bot.id }).orderBy('id', 'desc').first();
    const asked = performance.now();
    await planSingle(db(), {
      campaignId: campaign.id,
      subscriberId: connection.subscriber_id,
      connectionId: connection.id,
      botId: bot.id,
      cause: 'press:1',
      purpose: 'reply',
      content: { elements: [text('Here you are')] },
      priority: PRIORITY.reply,
      dueAt: Date.now(),
    });
    world.rig.bus.publish('work');
    const reply = (): Arrival | undefined => world.sink.arrivals.find(({ body }) => body.includes('Here you are'));
    await until('the reply is there', () => reply() !== undefined);
    expect(reply()!.at - asked).to.be.lessThan(1000);
    expect((await getCampaignById(db(), campaign.id)).state, 'the mailing still runs').to.equal('sending');
    await moveCampaign(db(), campaign.id, 'stop', { now: Date.now() });
  });

  const setSpeed = async (campaign: Campaign, speed: number): Promise<number> => {
    const { version } = await getCampaignById(db(), campaign.id);
    await patchCampaign(db(), campaign.id, { version, settings: { speed } }, Date.now());
    const moved = performance.now();
    world.rig.bus.publish('campaign', { id: campaign.publicId });
    return moved;
  };

  it('sends faster where a mailing pays for it, and tells the channel so; others keep the bot’s own pace', async () => {
    const choices = [{ key: 'paid', rate: { mailing: 1000, bot: 1000 } }];
    const { bot } = await world.people(80, { rate: { mailing: 20, bot: 20, chat: null }, choices });
    const [channel] = world.channels;
    const chosen = new Set<string>();
    if (channel) {
      const { render } = channel;
      channel.render = (message, links, own) => {
        for (const key of own) chosen.add(key);
        return render(message, links, own);
      };
    }
    const started = performance.now();
    const paid = await dueMailing(db(), { settings: { choices: { [bot.channel]: ['paid', 'gone by now'] } } });
    world.start();
    await world.isIn(paid, 'sent');
    expect(performance.now() - started, '80 messages at 20 a second take four seconds').to.be.below(3500);
    expect([...chosen]).to.deep.equal(['paid']);
    const since = world.sink.arrivals.length;
    await dueMailing(db(), {});
    await until('the next is under way', () => world.sink.arrivals.length >= since + 22);
    const free = world.sink.arrivals.slice(since);
    expect(mostInAnySecond(free.map(({ at }) => at))).to.be.at.most(20);
  });

  it('follows a moved speed on the wire within a second, up and down', async () => {
    await world.people(300);
    const campaign = await dueMailing(db(), { settings: { speed: 4 } });
    world.start();
    await until('it has begun', () => world.sink.arrivals.length >= 2);
    const faster = await setSpeed(campaign, 100);
    await until('many more came', () => world.sink.arrivals.length >= 60);
    const within = world.sink.arrivals.filter(({ at }) => at >= faster && at < faster + 1000);
    expect(within.length, 'at 4 a second it would be four').to.be.at.least(20);
    const slower = await setSpeed(campaign, 4);
    const late = (): Arrival[] => world.sink.arrivals.filter(({ at }) => at > slower + 1000);
    await until('a few came at the new pace', () => late().length >= 4);
    const inSecondFrom = (start: number): number => late().filter(({ at }) => at >= start && at < start + 1000).length;
    expect(Math.max(...late().map(({ at }) => inSecondFrom(at)))).to.be.at.most(4);
    await moveCampaign(db(), campaign.id, 'stop', { now: Date.now() });
  });

  it('keeps the pace to one person, however long the message', async () => {
    const { prefix } = await world.people(3, { rate: { mailing: 25, bot: null, chat: 5 } });
    const campaign = await dueMailing(db(), { content: contentOf(text('one'), text('two'), text('three')) });
    world.start();
    await world.isIn(campaign, 'sent');
    for (const person of [1, 2, 3]) {
      const times = world.sink.arrivals.flatMap(({ address, at }) => (address === `${prefix}${person}` ? [at] : []));
      expect(times).to.have.length(3);
      const gaps = times.slice(1).map((at, index) => at - times[index]!);
      expect(Math.min(...gaps), 'five a second').to.be.at.least(180);
    }
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 3, sent: 3 });
  });

  it('waits with a paused bot, keeps nothing leased, and goes on without repeating', async () => {
    const { bot } = await world.people(100);
    const campaign = await dueMailing(db(), { settings: { speed: 100 } });
    world.start();
    await until('it has begun', () => world.sink.arrivals.length >= 10);
    await db()('bots').where({ id: bot.id }).update({ status: 'paused' });
    world.rig.bus.publish('bot');
    await world.rig.idle();
    const sent = world.sink.arrivals.length;
    expect(sent).to.be.lessThan(100);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: 100, sent });
    expect(await db()('slices').whereNotNull('lease_owner').first()).to.equal(undefined);
    expect((await getCampaignById(db(), campaign.id)).state).to.equal('sending');
    await db()('bots').where({ id: bot.id }).update({ status: 'connected' });
    world.rig.bus.publish('bot');
    await world.isIn(campaign, 'sent');
    expect(new Set(world.sink.arrivals.map(({ address }) => address)).size).to.equal(100);
    expect(world.sink.arrivals).to.have.length(100);
  });

  it('waits while the platform is away, counts no try, and then sends to all', async () => {
    const people = IN_FLIGHT + 100;
    const { bot } = await world.people(people);
    let asked = 0;
    world.sink.answer = () => {
      asked += 1;
      return { status: 500 };
    };
    const campaign = await dueMailing(db());
    world.start();
    await until('the bot’s error is on record', async () => {
      const row = (await db()('bots').where({ id: bot.id }).first('last_error')) as { last_error: string | null };
      return row.last_error !== null;
    });
    // What was in the air at once, and then one at a time.
    expect(asked).to.be.at.most(IN_FLIGHT + 20);
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: people });
    world.sink.answer = () => null;
    await db()('due_deliveries').update({ due_at: Date.now() });
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db(), campaign.id)).to.deep.equal({ planned: people, sent: people });
    const tries = await db()('deliveries').where({ campaign_id: campaign.id }).where('attempts', '>', 1);
    expect(tries.length, 'only those that failed before it was plain').to.be.at.most(10);
  });
});
