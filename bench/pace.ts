// How exactly the limits are kept, measured where it counts: by the arrivals at the sink, in another process. With one
// sender, and with three that share their limits, each a process of its own.
import { setTimeout as pause } from 'node:timers/promises';
import { type Bus, createRedisBus } from '../src/bus.ts';
import { getCampaignById, moveCampaign, patchCampaign } from '../src/store/campaigns.ts';
import { keepCheckpoints } from '../src/store/checkpoints.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { planSingle, PRIORITY } from '../src/store/due.ts';
import { migrate } from '../src/store/migrate.ts';
import { type Child, startChild } from '../test/support/child.ts';
import { databaseKinds, newDatabase, newDatabaseUrl, stopMariadb } from '../test/support/databases.ts';
import { fakeChannel } from '../test/support/fake-channel.ts';
import { dueMailing, manyPeople, startSender, text } from '../test/support/mailing.ts';
import { meanRate, mostInAnySecond } from '../test/support/pace.ts';
import { aBot } from '../test/support/people.ts';
import { findBinary, startRedis, until } from '../test/support/services.ts';
import { type Bench, type Figures, median, round } from './bench.ts';

const PEOPLE = 25_000;
const MEASURE_MS = 12_000;
const REPLIES = 5;
const SENDERS = 3;

type Sink = Child<{ url: string }>;

/** Whoever sends, for as long as a measure takes. */
interface Setting {
  db: Database;
  bus: Pick<Bus, 'publish'>;
  /** The first moments are planning, and agreeing on shares. */
  settleMs: number;
  end(): Promise<void>;
}

export const bench: Bench = async ({ people, note }) => {
  const sink: Sink = await startChild(new URL('./sink.ts', import.meta.url));
  const figures: Figures = {};
  const measure = async (suffix: string, open: () => Promise<Setting>): Promise<void> => {
    const setting = await open();
    for (const [name, value] of Object.entries(await measureAll(setting, sink, note)))
      figures[`${name}${suffix}`] = value;
    await setting.end();
    await taken(sink);
  };
  await measure('', () => oneSender(sink, people ?? PEOPLE));
  if (databaseKinds().includes('mariadb') && findBinary('redis-server'))
    await measure('_three', () => threeSenders(sink, people ?? PEOPLE));
  else note('three senders need MariaDB and Redis: left out');
  await sink.kill();
  return figures;
};

async function oneSender(sink: Sink, people: number): Promise<Setting> {
  const db = await newDatabase('sqlite');
  await manyPeople(db, await aBot(db, { channel: 'plain' }), people);
  const checkpoints = await keepCheckpoints(db);
  const sender = startSender(db, [fakeChannel(sink.ready.url, { name: 'plain' })]);
  return {
    db,
    bus: sender.bus,
    settleMs: 500,
    async end() {
      await sender.stop();
      await checkpoints?.stop();
      await db.destroy();
    },
  };
}

async function threeSenders(sink: Sink, people: number): Promise<Setting> {
  const redis = await startRedis();
  const url = await newDatabaseUrl('mariadb');
  const db = openDatabase(url);
  await migrate(db);
  await manyPeople(db, await aBot(db, { channel: 'plain' }), people);
  const file = new URL('./pace-sender.ts', import.meta.url);
  const start = (): Promise<Child<unknown>> => startChild(file, [url, redis.url, sink.ready.url]);
  const senders = await Promise.all(Array.from({ length: SENDERS }, start));
  const bus = createRedisBus(redis.url, (error) => console.error(error.message));
  return {
    db,
    bus,
    settleMs: 6000,
    async end() {
      for (const sender of senders) await sender.kill();
      await bus.close();
      await db.destroy();
      await redis.stop();
      await stopMariadb();
    },
  };
}

async function measureAll(setting: Setting, sink: Sink, note: (line: string) => void): Promise<Figures> {
  const { db, bus } = setting;
  const figures: Figures = {};
  for (const rate of [25, 300, 1000]) {
    note(`sending at ${rate}/s for ${MEASURE_MS / 1000} s`);
    const campaign = await dueMailing(db, { settings: { speed: rate } });
    bus.publish('work');
    await pause(setting.settleMs);
    await taken(sink);
    await pause(MEASURE_MS);
    const { arrivals } = await taken(sink);
    figures[`max_${rate}`] = mostInAnySecond(arrivals);
    figures[`mean_${rate}`] = round(meanRate(arrivals), 2);
    if (rate === 25) Object.assign(figures, await sliderDelays(setting, sink, campaign.id));
    if (rate === 1000) figures.reply_ms = await replyDelay(setting, sink, campaign.id);
    await moveCampaign(db, campaign.id, 'stop', { now: Date.now() });
    bus.publish('campaign', { id: campaign.publicId });
    await pause(1000);
  }
  return figures;
}

interface Taken {
  arrivals: number[];
  marked: number[];
}

const taken = async ({ ready }: Sink): Promise<Taken> => (await (await fetch(`${ready.url}/_take`)).json()) as Taken;

const clock = (): number => performance.timeOrigin + performance.now();

/** So many within 100 ms are too many for 25 a second, and few for 100. */
const FASTER = 6;
const STRETCH_MS = 100;

const isFast = (arrivals: readonly number[], index: number): boolean =>
  (arrivals[index] ?? 0) - (arrivals[index - FASTER + 1] ?? -Infinity) <= STRETCH_MS;

/** From moving the slider, up from 25 to 100 a second and down again, until the arrivals show it. */
async function sliderDelays(setting: Setting, sink: Sink, campaignId: number): Promise<Figures> {
  const move = async (speed: number): Promise<{ moved: number; arrivals: number[] }> => {
    const { version, publicId } = await getCampaignById(setting.db, campaignId);
    await taken(sink);
    // What went before says how fast it was at the moment of moving.
    await pause(1000);
    const moved = clock();
    await patchCampaign(setting.db, campaignId, { version, settings: { speed } }, Date.now());
    setting.bus.publish('campaign', { id: publicId });
    await pause(4000);
    return { moved, arrivals: (await taken(sink)).arrivals };
  };
  const up = await move(100);
  const faster = up.arrivals.find((at, index) => at > up.moved && isFast(up.arrivals, index));
  const down = await move(25);
  // The last that was one too many for the slower pace in the second up to it.
  const last = down.arrivals.findLast((at, index) => at > down.moved && at - (down.arrivals[index - 25] ?? 0) < 1000);
  return {
    slider_ms: faster === undefined ? Number.NaN : round(faster - up.moved, 0),
    slider_down_ms: last === undefined ? 0 : round(last - down.moved, 0),
  };
}

/** From planning a reply until it is at the sink, while a mailing of full speed runs. */
async function replyDelay({ db, bus }: Setting, sink: Sink, campaignId: number): Promise<number> {
  const connection = await db('connections').first('id', 'subscriber_id', 'bot_id');
  await db('connections').where({ id: connection.id }).update({ external_id: 'reply' });
  const delays: number[] = [];
  for (let index = 1; index <= REPLIES; index += 1) {
    const asked = clock();
    await planSingle(db, {
      campaignId,
      subscriberId: connection.subscriber_id,
      connectionId: connection.id,
      botId: connection.bot_id,
      cause: `press:${index}`,
      purpose: 'reply',
      content: { elements: [text('Here you are')] },
      priority: PRIORITY.reply,
      dueAt: Date.now(),
    });
    bus.publish('work');
    let arrived: number | undefined;
    await until('the reply arrives', async () => (arrived = (await taken(sink)).marked[0]) !== undefined);
    delays.push((arrived ?? 0) - asked);
    await pause(100 + 57 * index);
  }
  return round(median(delays), 0);
}
