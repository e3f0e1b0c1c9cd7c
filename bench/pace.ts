// How exactly the limits are kept, measured where it counts: by the arrivals at the sink, in another process. Three
// processes that share their limits are not measured here.
import { setTimeout as pause } from 'node:timers/promises';
import { moveCampaign, patchCampaign, getCampaignById } from '../src/store/campaigns.ts';
import { keepCheckpoints } from '../src/store/checkpoints.ts';
import type { Database } from '../src/store/database.ts';
import { planSingle, PRIORITY } from '../src/store/due.ts';
import { type Child, startChild } from '../test/support/child.ts';
import { newDatabase } from '../test/support/databases.ts';
import { fakeChannel } from '../test/support/fake-channel.ts';
import { dueMailing, manyPeople, type Rig, startSender, text } from '../test/support/mailing.ts';
import { aBot } from '../test/support/people.ts';
import { meanRate, mostInAnySecond } from '../test/support/pace.ts';
import { until } from '../test/support/services.ts';
import { type Bench, type Figures, median, round } from './bench.ts';

const PEOPLE = 20_000;
const MEASURE_MS = 12_000;
/** The first moments are planning. */
const SETTLE_MS = 500;
const REPLIES = 5;

type Sink = Child<{ url: string }>;

export const bench: Bench = async ({ people, note }) => {
  const sink: Sink = await startChild(new URL('./sink.ts', import.meta.url));
  const db = await newDatabase('sqlite');
  const checkpoints = await keepCheckpoints(db);
  const channel = fakeChannel(sink.ready.url, { name: 'plain' });
  await manyPeople(db, await aBot(db, { channel: 'plain' }), people ?? PEOPLE);
  const figures: Figures = {};
  for (const rate of [25, 300, 1000]) {
    note(`sending at ${rate}/s for ${MEASURE_MS / 1000} s`);
    const sender = startSender(db, [channel]);
    const campaign = await dueMailing(db, { settings: { speed: rate } });
    sender.bus.publish('work');
    await pause(SETTLE_MS);
    await taken(sink);
    await pause(MEASURE_MS);
    const { arrivals } = await taken(sink);
    figures[`max_${rate}`] = mostInAnySecond(arrivals);
    figures[`mean_${rate}`] = round(meanRate(arrivals), 2);
    if (rate === 25) figures.slider_ms = await sliderDelay(db, sender, sink, campaign.id);
    if (rate === 1000) figures.reply_ms = await replyDelay(db, sender, sink, campaign.id);
    await moveCampaign(db, campaign.id, 'stop', { now: Date.now() });
    await sender.stop();
    await taken(sink);
  }
  await checkpoints?.stop();
  await db.destroy();
  await sink.kill();
  return figures;
};

interface Taken {
  arrivals: number[];
  marked: number[];
}

const taken = async ({ ready }: Sink): Promise<Taken> => (await (await fetch(`${ready.url}/_take`)).json()) as Taken;

/** From moving the slider from 25 to 100 a second until messages arrive less than half the old pause apart. */
async function sliderDelay(db: Database, sender: Rig, sink: Sink, campaignId: number): Promise<number> {
  const { version, publicId } = await getCampaignById(db, campaignId);
  await taken(sink);
  const moved = performance.timeOrigin + performance.now();
  await patchCampaign(db, campaignId, { version, settings: { speed: 100 } }, Date.now());
  sender.bus.publish('campaign', { id: publicId });
  await pause(1500);
  const { arrivals } = await taken(sink);
  const faster = arrivals.find((at, index) => at > moved && at - (arrivals[index - 1] ?? 0) < 20);
  return faster === undefined ? Number.NaN : round(faster - moved, 0);
}

/** From planning a reply until it is at the sink, while a mailing of full speed runs. */
async function replyDelay(db: Database, sender: Rig, sink: Sink, campaignId: number): Promise<number> {
  const connection = await db('connections').first('id', 'subscriber_id', 'bot_id');
  await db('connections').where({ id: connection.id }).update({ external_id: 'reply' });
  const delays: number[] = [];
  for (let index = 1; index <= REPLIES; index += 1) {
    const asked = performance.timeOrigin + performance.now();
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
    sender.bus.publish('work');
    let arrived: number | undefined;
    await until('the reply arrives', async () => (arrived = (await taken(sink)).marked[0]) !== undefined);
    delays.push((arrived ?? 0) - asked);
    await pause(100 + 57 * index);
  }
  return round(median(delays), 0);
}
