// Planning a big audience while the first of it are sent to: people a second against one bare `INSERT … SELECT`, the
// time from Send to the first message, and whether the process answers meanwhile (and while an audience is counted).
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DEFAULT_FILTER } from '../src/domain/audience.ts';
import { mailingSettingsSchema } from '../src/domain/mailing-settings.ts';
import { countAudience } from '../src/store/audience.ts';
import type { Bot } from '../src/store/bots.ts';
import { getCampaignById, moveCampaign } from '../src/store/campaigns.ts';
import { keepCheckpoints } from '../src/store/checkpoints.ts';
import type { Database } from '../src/store/database.ts';
import { type Child, startChild } from '../test/support/child.ts';
import { type DatabaseKind, databaseKinds, newDatabase, stopMariadb } from '../test/support/databases.ts';
import { fakeChannel } from '../test/support/fake-channel.ts';
import { dueMailing, startSender } from '../test/support/mailing.ts';
import { aBot } from '../test/support/people.ts';
import { until } from '../test/support/services.ts';
import { type Bench, type BenchOptions, type Figures, round } from './bench.ts';
import { crowd } from './crowd.ts';

const PEOPLE = 1_000_000;
/** Slow, so that planning is what is measured. */
const SPEED = 25;
const LONGEST_MS = 600_000;

type Sink = Child<{ url: string }>;

interface Planned {
  ratio: number;
  perSecond: number;
  firstMessageMs: number;
  loopP99Ms: number;
}

export const bench: Bench = async (options) => {
  const sink: Sink = await startChild(new URL('./sink.ts', import.meta.url));
  const figures: Figures = {};
  for (const kind of databaseKinds()) {
    const { ratio, perSecond, firstMessageMs, loopP99Ms } = await measure(kind, sink, options);
    figures[`ratio_${kind}`] = round(ratio);
    figures[`per_second_${kind}`] = round(perSecond, 0);
    if (kind !== 'sqlite') continue;
    figures.first_message_ms = round(firstMessageMs, 0);
    figures.loop_p99_ms = round(loopP99Ms, 1);
  }
  await stopMariadb();
  await sink.kill();
  return figures;
};

async function measure(kind: DatabaseKind, sink: Sink, { people, note }: BenchOptions): Promise<Planned> {
  const count = people ?? PEOPLE;
  const db = await newDatabase(kind);
  const checkpoints = await keepCheckpoints(db);
  const bot = await aBot(db, { channel: 'plain' });
  note(`filling ${kind} with ${count} people`);
  await crowd(db, bot, count);
  const channel = fakeChannel(sink.ready.url, { name: 'plain' });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const sender = startSender(db, [channel]);
  await sender.idle();
  await taken(sink);

  delay.enable();
  const asked = performance.timeOrigin + performance.now();
  const campaign = await dueMailing(db, { settings: { speed: SPEED } });
  sender.bus.publish('work');
  const counting = countAudience(db, query, { now: Date.now() });
  await until(
    'all are planned',
    async () => {
      const { planCursor, planCeiling } = await getCampaignById(db, campaign.id);
      return planCeiling !== null && planCursor === planCeiling;
    },
    LONGEST_MS,
  );
  const seconds = (performance.timeOrigin + performance.now() - asked) / 1000;
  await counting;
  delay.disable();
  const [first] = (await taken(sink)).arrivals;
  await moveCampaign(db, campaign.id, 'stop', { now: Date.now() });
  await sender.stop();

  const bare = await bareSeconds(db, bot);
  await checkpoints?.stop();
  await db.destroy();
  await channel.close();
  const loopP99Ms = delay.percentile(99) / 1e6;
  note(`${kind}: ${round(count / seconds, 0)}/s, bare ${round(count / bare, 0)}/s, loop p99 ${round(loopP99Ms, 1)} ms`);
  return {
    ratio: bare / seconds,
    perSecond: count / seconds,
    firstMessageMs: (first ?? Number.NaN) - asked,
    loopP99Ms,
  };
}

const query = {
  filter: DEFAULT_FILTER,
  via: mailingSettingsSchema.parse({}).via,
  channels: null,
  excluded: [],
};

/** The least there is to do: the same rows in one statement. */
async function bareSeconds(db: Database, bot: Bot): Promise<number> {
  const started = performance.now();
  await db.raw(
    `insert into deliveries (subscriber_id, connection_id, bot_id, cause, campaign_id, purpose, state, planned_at)
     select s.id, c.id, c.bot_id, '', 1000000, 'campaign', 'planned', 1
     from subscribers s join connections c on c.id = s.main_connection_id
     where c.bot_id + 0 = ? and c.status = 'active' and s.erased_at is null`,
    [bot.id],
  );
  return (performance.now() - started) / 1000;
}

const taken = async ({ ready }: Sink): Promise<{ arrivals: number[] }> =>
  (await (await fetch(`${ready.url}/_take`)).json()) as { arrivals: number[] };
