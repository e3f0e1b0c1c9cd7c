import { expect } from 'chai';
import { type Bus, createRedisBus } from '../../src/bus.ts';
import type { Outbound } from '../../src/outbound/index.ts';
import { getCampaignById } from '../../src/store/campaigns.ts';
import type { Database } from '../../src/store/database.ts';
import { planSingle, PRIORITY } from '../../src/store/due.ts';
import { databaseKinds, newDatabase } from '../support/databases.ts';
import { type FakeChannel, fakeChannel } from '../support/fake-channel.ts';
import { contentOf, dueMailing, expectAudited, manyPeople, startSender, text } from '../support/mailing.ts';
import { mostInAnySecond } from '../support/pace.ts';
import { aBot } from '../support/people.ts';
import { type Service, startRedis, until } from '../support/services.ts';
import { type Sink, startSink } from '../support/sink.ts';

const declare = databaseKinds().includes('mariadb') ? describe : describe.skip;

declare('several senders', function () {
  this.timeout(90_000);
  const RATE = 60;
  let db: Database;
  let redis: Service;
  let sink: Sink;
  let channel: FakeChannel;
  let senders: Outbound[];
  let buses: Bus[];
  /** When each message was let go: on a busy machine they bunch together on the way. */
  let letGo: number[];
  const bus = (): Bus => {
    const made = createRedisBus(redis.url, () => {});
    buses.push(made);
    return made;
  };

  before(async () => {
    db = await newDatabase('mariadb');
    redis = await startRedis();
    sink = await startSink();
    const fake = fakeChannel(sink.url, { name: 'shared', rate: { mailing: 25, bot: RATE, chat: null } });
    channel = {
      ...fake,
      deliver(envelopes, bot) {
        letGo.push(...envelopes.map(() => performance.now()));
        return fake.deliver(envelopes, bot);
      },
    };
  });
  beforeEach(() => {
    senders = [];
    buses = [];
    letGo = [];
  });
  afterEach(async () => {
    await Promise.all(senders.map((sender) => sender.stop()));
    for (const one of buses) await one.close();
  });
  after(async () => {
    await channel.close();
    await sink.stop();
    await redis.stop();
    await db.destroy();
  });

  const start = (skewMs = 0): void =>
    void senders.push(startSender(db, [channel], { bus: bus(), redisUrl: redis.url, now: () => Date.now() + skewMs }));

  it('keep one bot’s limit together, while Redis goes and comes, reply within a second, and double nobody', async () => {
    const bot = await aBot(db, { channel: channel.name });
    await manyPeople(db, bot, 600);
    start(5000);
    start(-5000);
    start();
    const campaign = await dueMailing(db, { content: contentOf(text('news')) });
    const wake = bus();
    wake.publish('work');
    await until('it is under way', () => sink.arrivals.length > 200);

    const reply = async (cause: string): Promise<number> => {
      const connection = await db('connections').first('id', 'subscriber_id');
      const asked = performance.now();
      await planSingle(db, {
        campaignId: campaign.id,
        subscriberId: connection.subscriber_id,
        connectionId: connection.id,
        botId: bot.id,
        cause,
        purpose: 'reply',
        content: { elements: [text(cause)] },
        priority: PRIORITY.reply,
        dueAt: Date.now() - 5000,
      });
      wake.publish('work');
      const find = (): number | undefined => sink.arrivals.find(({ body }) => body.includes(cause))?.at;
      await until('the reply is there', () => find() !== undefined);
      return (find() ?? Infinity) - asked;
    };
    expect(await reply('press:1')).to.be.lessThan(1000);

    const port = Number(new URL(redis.url).port);
    await redis.stop();
    const without = sink.arrivals.length;
    await until('it goes on without Redis', () => sink.arrivals.length > without + 150);
    redis = await startRedis(port);
    await until('it is sent', async () => (await getCampaignById(db, campaign.id)).state === 'sent', 40_000);

    expect(mostInAnySecond(letGo)).to.be.at.most(RATE);
    expect(new Set(sink.arrivals.map(({ key }) => key)).size).to.equal(sink.arrivals.length);
    expect(await expectAudited(db, campaign.id)).to.deep.equal({ planned: 600, sent: 600 });
    const alone = await reply('press:2');
    expect(alone, 'when nobody holds a share, whoever asks first').to.be.lessThan(1000);
  });
});
