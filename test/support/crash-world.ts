// The world of a crash test: a database, a sink in a process of its own, people, and senders in processes that can be
// killed. Mailings follow each other as long as somebody is to be killed; the sink tells who got which of them.
import { expect } from 'chai';
import type { Canary } from '../../src/domain/mailing-settings.ts';
import { getCampaignById } from '../../src/store/campaigns.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { type Child, startChild } from './child.ts';
import { compiled } from './compiled.ts';
import { type DatabaseKind, newDatabaseUrl } from './databases.ts';
import { contentOf, dueMailing, expectAudited, manyPeople, text } from './mailing.ts';
import { aBot } from './people.ts';
import type { SenderSettings } from './sender-process.ts';
import { until } from './services.ts';
import type { Arrival } from './sink.ts';

export interface CrashSpec {
  kind: DatabaseKind;
  channel: 'telegram' | 'idempotent' | 'plain';
  people: number;
  /** How long the sink takes to answer: what is in the air meanwhile is what a kill can leave unconfirmed. */
  delayMs?: number;
  /** Messages a second, per process. */
  speed?: number | null;
  redis?: string | null;
  canary?: Canary;
  /** In place of the usual one. */
  sink?: Child<{ url: string }>;
}

export interface Sender extends Child<{ owner: string }> {
  user: string | null;
}

export interface CrashWorld {
  db: Database;
  /** The mailing that is under way; a new one when the last is over. */
  mailing(): Promise<number>;
  mailings: readonly number[];
  start(settings?: Pick<SenderSettings, 'ahead'>): Promise<Sender>;
  /** Kills it; answers how many messages were in its hands, stamped and not settled. */
  kill(sender: Sender): Promise<number>;
  /** As if the leases of a sender had run out: a test need not wait half a minute. */
  lapse(sender: Sender): Promise<void>;
  over(campaignId: number, timeoutMs?: number): Promise<void>;
  arrivals(): Promise<Arrival[]>;
  close(): Promise<void>;
}

export interface Outcome {
  lost: number;
  doubled: number;
  unconfirmed: number;
}

let senders = 0;

export async function crashWorld(spec: CrashSpec): Promise<CrashWorld> {
  const database = await newDatabaseUrl(spec.kind);
  const db = openDatabase(database);
  await migrate(db);
  const idempotent = spec.channel === 'idempotent';
  const sinkArguments = [`delay=${spec.delayMs ?? 0}`, ...(idempotent ? ['drops-repeats'] : [])];
  const sink = spec.sink ?? (await startChild<{ url: string }>(await compiled('sink-process'), sinkArguments));
  const bot = await aBot(db, { channel: spec.channel });
  // Far beyond the messenger's own limit: what is tested here is who gets what, and not when.
  await db('bots')
    .where({ id: bot.id })
    .update({ settings: JSON.stringify({ rate: 10_000 }) });
  await manyPeople(db, bot, spec.people, '77');
  const mailings: number[] = [];
  const alive = new Set<Sender>();
  let spare: Promise<Sender> | null = null;

  /** On MariaDB each sender is a user of its own, so that the server can be asked whether it has noticed the end. */
  async function userOf(): Promise<{ url: string; user: string | null }> {
    if (spec.kind === 'sqlite') return { url: database, user: null };
    senders += 1;
    const user = `s${process.pid}_${senders}`;
    await db.raw(`create user ${user}@'%'`);
    await db.raw(`grant all on *.* to ${user}@'%'`);
    return { url: database.replace('//root@', `//${user}@`), user };
  }

  /** Has read its code, and waits to be told to start. */
  async function load(): Promise<Sender> {
    const { url, user } = await userOf();
    const settings: SenderSettings = {
      database: url,
      sink: sink.ready.url,
      channel: spec.channel,
      redis: spec.redis ?? null,
    };
    const child = await startChild<{ owner: string }>(await compiled('sender-process'), [JSON.stringify(settings)]);
    return { ...child, user };
  }

  return {
    db,
    mailings,
    async mailing() {
      const last = mailings.at(-1);
      if (last !== undefined && (await getCampaignById(db, last)).state !== 'sent') return last;
      const content = contentOf(text(`Mailing ${mailings.length}`));
      const { id } = await dueMailing(db, {
        content,
        settings: { speed: spec.speed ?? null, canary: spec.canary ?? null },
      });
      mailings.push(id);
      return id;
    },
    async start(settings = {}) {
      const sender = await (spare ?? load());
      spare = load();
      sender.process.stdin?.write(`${JSON.stringify(settings)}\n`);
      alive.add(sender);
      return sender;
    },
    async kill(sender) {
      alive.delete(sender);
      await sender.kill();
      if (sender.user !== null)
        await until('the server has noticed', async () => {
          const left = await db('information_schema.processlist').where({ user: sender.user }).first('id');
          return left === undefined;
        });
      return inHandsOf(db, sender.ready.owner);
    },
    async lapse(sender) {
      for (const table of ['slices', 'due_deliveries'])
        await db(table).where({ lease_owner: sender.ready.owner }).update({ lease_until: 0 });
    },
    over: (campaignId, timeoutMs = 60_000) =>
      until('the mailing is over', async () => (await getCampaignById(db, campaignId)).state === 'sent', timeoutMs),
    arrivals: () => arrivalsAt(sink.ready.url),
    async close() {
      for (const sender of [...alive, ...(spare ? [await spare] : [])]) await sender.kill();
      await db.destroy();
      await sink.kill();
    },
  };
}

/** Messages stamped and not settled in the slices of this sender. */
export async function inHandsOf(db: Database, owner: string): Promise<number> {
  const row = (await db('deliveries as d')
    .join('slices as l', (on) =>
      on
        .on('l.campaign_id', 'd.campaign_id')
        .andOn('l.bot_id', 'd.bot_id')
        .andOn('d.id', '>=', 'l.first_delivery_id')
        .andOn('d.id', '<=', 'l.last_delivery_id'),
    )
    .where({ 'd.state': 'sending', 'l.lease_owner': owner })
    .count('* as count')
    .first()) as { count: number | string };
  return Number(row.count);
}

export const arrivalsAt = async (sink: string): Promise<Arrival[]> =>
  (await (await fetch(`${sink}/_arrivals`)).json()) as Arrival[];

/** Who was lost and who got a mailing twice, over all of them; the figures must add up. */
export async function judge(world: Pick<CrashWorld, 'db' | 'mailings' | 'arrivals'>): Promise<Outcome> {
  const { db } = world;
  const got = new Map<string, number>();
  for (const { address, body } of await world.arrivals()) {
    const key = `${/Mailing (\d+)/.exec(body)?.[1]} ${address}`;
    got.set(key, (got.get(key) ?? 0) + 1);
  }
  const total = { lost: 0, doubled: [...got.values()].filter((times) => times > 1).length, unconfirmed: 0 };
  for (const [index, campaignId] of world.mailings.entries()) {
    const people = (await db('connections').count('* as count').first()) as { count: number | string };
    const sums = await expectAudited(db, campaignId);
    expect(sums.planned).to.equal(Number(people.count));
    total.unconfirmed += sums.unconfirmed ?? 0;
    const rows = (await db('deliveries as d')
      .join('connections as c', 'c.id', 'd.connection_id')
      .where('d.campaign_id', campaignId)
      .select('c.external_id as address', 'd.state')) as { address: string; state: string }[];
    for (const { address, state } of rows)
      if (state !== 'unconfirmed' && !(state === 'sent' && got.has(`${index} ${address}`))) total.lost += 1;
  }
  return total;
}
