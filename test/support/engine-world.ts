// The world of an engine's test: a sink, a fake channel, a bot with people of its own, and a sender that is stopped
// afterwards. Those of the test before are out of reach.
import type { OutboundDeps } from '../../src/outbound/index.ts';
import type { Campaign } from '../../src/store/campaigns.ts';
import { getCampaignById } from '../../src/store/campaigns.ts';
import type { Bot } from '../../src/store/bots.ts';
import type { Database } from '../../src/store/database.ts';
import { type FakeChannel, type FakeOptions, fakeChannel } from './fake-channel.ts';
import { manyPeople, type Rig, startSender } from './mailing.ts';
import { aBot } from './people.ts';
import { until } from './services.ts';
import { type Sink, startSink } from './sink.ts';

export interface EngineWorld {
  sink: Sink;
  channels: FakeChannel[];
  rig: Rig;
  /** A bot on a channel of its own. */
  bot(options?: FakeOptions): Promise<Bot>;
  /** A bot with so many people; answers it and the prefix of their addresses. */
  people(count: number, options?: FakeOptions): Promise<{ bot: Bot; prefix: string }>;
  /** A sender; `changes` in place of the usual, such as a clock. */
  start(changes?: Partial<OutboundDeps>): Rig;
  /** From now on the platform of the first bot takes its time until the answer is called. */
  holdMessages(): () => void;
  isIn(campaign: Campaign, state: string): Promise<void>;
}

/** Call it within a `describe`: it opens and closes with each test. */
export function engineWorld(db: () => Database): EngineWorld {
  let round = 0;
  let rigs: Rig[] = [];
  const world = {
    async bot(options = {}) {
      round += 1;
      const channel = fakeChannel(world.sink.url, { ...options, name: `fake${round}` });
      world.channels.push(channel);
      return aBot(db(), { channel: channel.name });
    },
    async people(count, options = {}) {
      const bot = await world.bot(options);
      const prefix = `r${round}p`;
      await manyPeople(db(), bot, count, prefix);
      return { bot, prefix };
    },
    start(changes) {
      world.rig = startSender(db(), world.channels, changes);
      rigs.push(world.rig);
      return world.rig;
    },
    holdMessages() {
      const [channel] = world.channels;
      if (!channel) throw new Error('there is no bot yet');
      let release = (): void => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      const { deliver } = channel;
      channel.deliver = async (...call) => {
        await released;
        return deliver(...call);
      };
      return release;
    },
    isIn: (campaign, state) =>
      until(`the mailing is ${state}`, async () => (await getCampaignById(db(), campaign.id)).state === state),
  } as EngineWorld;

  beforeEach(async () => {
    await db()('connections').update({ status: 'unsubscribed' });
    world.channels = [];
    world.sink = await startSink();
  });
  afterEach(async () => {
    for (const rig of rigs) await rig.stop();
    rigs = [];
    for (const channel of world.channels) await channel.close();
    await world.sink.stop();
  });
  return world;
}
