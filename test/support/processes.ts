// Servers as processes of their own, as somebody would run them over one database: their bot writes to a sink. Only the
// people are put into the database by hand.
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type Child, startChild } from './child.ts';
import { arrivalsAt } from './crash-world.ts';
import { compiled } from './compiled.ts';
import { contentOf, manyPeople, text } from './mailing.ts';
import { draftOf, type OwnedServer, startOwnedServer } from './owner.ts';
import { aBot } from './people.ts';
import { type RunningServer, startServer } from './server.ts';
import type { Arrival } from './sink.ts';

export interface Processes {
  db: Database;
  /** The first process: it has the owner's session. */
  web: OwnedServer;
  start(environment?: Record<string, string>): Promise<RunningServer>;
  mailings: number[];
  /** Writes a mailing to everybody and sends it; answers its id. */
  send(settings?: { speed: number | null }): Promise<number>;
  arrivals(): Promise<Arrival[]>;
  close(): Promise<void>;
}

export interface ProcessesSpec {
  people: number;
  /** How long the sink takes to answer. */
  delayMs: number;
  environment: Record<string, string>;
}

/** Of the tests' keyring, so that the bot they make can be opened. */
const SHARED = { SECRET_KEY: '11'.repeat(32), INSTANCE_ID: 'herald-under-test', ALLOW_PRIVATE_ADDRESSES: 'true' };

export async function startProcesses({ people, delayMs, environment }: ProcessesSpec): Promise<Processes> {
  const sink: Child<{ url: string }> = await startChild(await compiled('sink-process'), [`delay=${delayMs}`]);
  const shared = { ...SHARED, TELEGRAM_API_ROOT: sink.ready.url, ...environment };
  const web = await startOwnedServer(shared);
  await web.api('PATCH', '/settings', { holdSeconds: 0 });
  const db = openDatabase(web.environment.DATABASE_URL ?? '');
  const bot = await aBot(db, { channel: 'telegram' });
  await db('bots')
    .where({ id: bot.id })
    .update({ settings: JSON.stringify({ rate: 10_000 }) });
  await manyPeople(db, bot, people, '77');
  const others: RunningServer[] = [];
  const mailings: number[] = [];
  return {
    db,
    web,
    mailings,
    async start(more = {}) {
      const server = await startServer({ ...shared, ...more });
      others.push(server);
      return server;
    },
    async send(settings = { speed: null }) {
      const content = contentOf(text(`Mailing ${mailings.length}`));
      const draft = await draftOf(web.api, { name: 'Everybody', content, settings });
      await web.api('POST', `/mailings/${draft.id}/send`, { version: draft.version });
      const row = (await db('campaigns').where({ public_id: draft.id }).first('id')) as { id: number };
      mailings.push(row.id);
      return row.id;
    },
    arrivals: () => arrivalsAt(sink.ready.url),
    async close() {
      for (const server of [...others, web]) await server.stop();
      await db.destroy();
      await sink.kill();
    },
  };
}
