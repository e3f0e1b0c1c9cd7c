// Deliveries a second from end to end (plan, lease, render, send over a real socket, settle, count) against a bare
// undici loop that sends the same bodies to the same sink, in another process. Both take turns, so that a machine
// whose speed drifts slows both. The first turn of each is not counted: servers run for days, and compile once.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Pool } from 'undici';
import { createChannels } from '../channels/index.ts';
import type { Channel } from '../src/domain/channel.ts';
import { getCampaignById } from '../src/store/campaigns.ts';
import { type Checkpoints, keepCheckpoints } from '../src/store/checkpoints.ts';
import type { Database } from '../src/store/database.ts';
import { type Child, startChild } from '../test/support/child.ts';
import { databaseKinds, newDatabase, stopMariadb } from '../test/support/databases.ts';
import { fakeChannel } from '../test/support/fake-channel.ts';
import { contentOf, dueMailing, figuresOf, startSender, text } from '../test/support/mailing.ts';
import { aBot } from '../test/support/people.ts';
import { type Bench, type Figures, round } from './bench.ts';
import { crowd } from './crowd.ts';

const PEOPLE = 100_000;
const ROUNDS = 3;
const CONNECTIONS = 128;
const WORDS = 'Good morning! Our shop opens at nine today, and everyone who reads this gets a coffee.';
const NO_LIMITS = { mailing: 25, bot: null, chat: null };

interface Contender {
  name: string;
  db: Database;
  channel: Channel;
  /** As the server runs it. */
  checkpoints: Checkpoints | null;
}

interface Measured {
  seconds: number;
  differences: number;
}

export const bench: Bench = async ({ people, rounds, note }) => {
  const count = people ?? PEOPLE;
  const sink = await startChild<{ url: string }>(new URL('./sink.ts', import.meta.url));
  const contenders = await prepare(sink.ready.url, count, note);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const totals = new Map<string, { bare: number; own: number }>();
  let differences = 0;
  let rssPeak = 0;
  for (let turn = 0; turn <= (rounds ?? ROUNDS); turn += 1) {
    for (const contender of contenders) {
      const bare = await bareLoop(sink, count);
      const sqlite = contender.name === 'sqlite';
      const sampler = setInterval(() => {
        if (sqlite) rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
      }, 50);
      if (sqlite) delay.enable();
      const own = await send(contender, sink, count);
      delay.disable();
      clearInterval(sampler);
      differences += own.differences;
      const total = totals.get(contender.name) ?? { bare: 0, own: 0 };
      if (turn > 0) totals.set(contender.name, { bare: total.bare + bare, own: total.own + own.seconds });
      note(
        `${contender.name} ${turn === 0 ? 'warming up' : turn}: ${round(count / own.seconds, 0)}/s, bare ${round(count / bare, 0)}/s, ratio ${round(bare / own.seconds)}`,
      );
    }
  }
  for (const { db, checkpoints } of contenders) {
    await checkpoints?.stop();
    await db.destroy();
  }
  await stopMariadb();
  await sink.kill();
  return {
    ...ratios(totals, count * (rounds ?? ROUNDS)),
    rss_peak_mb: round(rssPeak / 1_048_576, 0),
    loop_p99_ms: round(delay.percentile(99) / 1e6, 1),
    audit_differences: differences,
  };
};

async function prepare(sinkUrl: string, count: number, note: (line: string) => void): Promise<Contender[]> {
  const plain = fakeChannel(sinkUrl, { name: 'plain', rate: NO_LIMITS });
  const telegram = createChannels({
    readMedia: async () => null,
    mailbox: { append: async () => [] },
    allowPrivateAddresses: true,
    now: Date.now,
    translate: (_language, key) => key,
  }).get('telegram');
  const contenders: Contender[] = [];
  for (const kind of databaseKinds()) {
    note(`filling ${kind} with ${count} people`);
    const db = await newDatabase(kind);
    const checkpoints = await keepCheckpoints(db);
    const bot = await aBot(db, { channel: 'plain' });
    await crowd(db, bot, count);
    contenders.push({ name: kind, db, channel: plain, checkpoints });
    if (kind === 'sqlite' && telegram) {
      const unlimited = { ...telegram, capabilities: { ...telegram.capabilities, rate: NO_LIMITS } };
      contenders.push({ name: 'grammy_sqlite', db, channel: unlimited, checkpoints: null });
    }
    await db('bots').update({ settings: JSON.stringify({ apiRoot: sinkUrl }) });
  }
  return contenders;
}

/** The least a program can do: the same bodies, as many in flight, nothing else. */
async function bareLoop(sink: Child<{ url: string }>, count: number): Promise<number> {
  const pool = new Pool(sink.ready.url, { connections: CONNECTIONS, pipelining: 1 });
  const body = JSON.stringify(text(WORDS));
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      const response = await pool.request({
        method: 'POST',
        path: `/send/p${next}/${next}-0`,
        headers: { 'content-type': 'application/json' },
        body,
      });
      await response.body.json();
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  await taken(sink);
  return seconds;
}

async function send({ db, channel }: Contender, sink: Child<{ url: string }>, count: number): Promise<Measured> {
  await db('bots').update({ channel: channel.name });
  const started = performance.now();
  const campaign = await dueMailing(db, { content: contentOf(text(WORDS)) });
  const sender = startSender(db, [channel]);
  await sender.idle();
  const seconds = (performance.now() - started) / 1000;
  await sender.stop();
  const { counters, rows } = await figuresOf(db, campaign.id);
  const facts = [
    (await getCampaignById(db, campaign.id)).state === 'sent',
    counters.sent === count,
    (await taken(sink)).arrivals.length === count,
    ...Object.keys({ ...counters, ...rows }).map((figure) => counters[figure] === rows[figure]),
  ];
  return { seconds, differences: facts.filter((fact) => !fact).length };
}

const taken = async ({ ready }: Child<{ url: string }>): Promise<{ arrivals: number[] }> =>
  (await (await fetch(`${ready.url}/_take`)).json()) as { arrivals: number[] };

function ratios(totals: ReadonlyMap<string, { bare: number; own: number }>, sent: number): Figures {
  const figures: Figures = {};
  for (const [name, { bare, own }] of totals) figures[`ratio_${name}`] = round(bare / own);
  const sqlite = totals.get('sqlite');
  if (sqlite)
    Object.assign(figures, {
      per_second_sqlite: round(sent / sqlite.own, 0),
      bare_per_second: round(sent / sqlite.bare, 0),
    });
  return figures;
}
