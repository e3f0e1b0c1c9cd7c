// The promise of the ledger: a sender killed at any instant loses nobody and writes to nobody twice.
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { IN_FLIGHT } from '../../src/outbound/index.ts';
import { getCampaignById } from '../../src/store/campaigns.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { type Child, startChild } from '../support/child.ts';
import { databaseKinds, type DatabaseKind, newDatabaseUrl } from '../support/databases.ts';
import { dueMailing, expectAudited, manyPeople } from '../support/mailing.ts';
import { aBot } from '../support/people.ts';
import { until } from '../support/services.ts';

const PEOPLE = 2000;
const FEWER = 600;
/** Slow enough to be killed twenty times on the way, fast enough to have many messages in the air. */
const SPEED = 500;
const LONGEST_LIFE_MS = 350;

const SENDER = new URL('../support/sender-process.ts', import.meta.url);
const SINK = new URL('../support/sink-process.ts', import.meta.url);

interface World {
  db: Database;
  url: string;
  sink: Child<{ url: string }>;
  campaignId: number;
}

async function world(kind: DatabaseKind, people: number, sinkArgs: string[] = []): Promise<World> {
  const url = await newDatabaseUrl(kind);
  const db = openDatabase(url);
  await migrate(db);
  const sink = await startChild<{ url: string }>(SINK, sinkArgs);
  await manyPeople(db, await aBot(db, { channel: 'fake' }), people);
  const campaign = await dueMailing(db, { settings: { speed: SPEED } });
  return { db, url, sink, campaignId: campaign.id };
}

/** Whose fate was unknown at some kill: stamped by the last sender, or called unconfirmed after an earlier one. */
const unknownIn = async ({ db, campaignId }: World): Promise<number> =>
  (await db('deliveries').where({ campaign_id: campaignId }).whereIn('state', ['sending', 'unconfirmed'])).length;

const startSenderOf = ({ url, sink }: World, idempotent = ''): Promise<Child<unknown>> =>
  startChild(SENDER, [url, sink.ready.url, 'fake', idempotent]);

/** Kills a sender at a random instant, so many times; answers what it had in flight each time. */
async function killed(place: World, times: number, idempotent = ''): Promise<number[]> {
  const inFlight: number[] = [];
  let known = 0;
  for (let kill = 0; kill < times; kill += 1) {
    const sender = await startSenderOf(place, idempotent);
    await pause(Math.random() * LONGEST_LIFE_MS);
    await sender.kill();
    const unknown = await unknownIn(place);
    inFlight.push(unknown - known);
    known = unknown;
    // The lease of a dead sender runs out; here we need not wait for it.
    await place.db('slices').whereNotNull('lease_owner').update({ lease_until: 0 });
  }
  return inFlight;
}

async function finished(place: World, idempotent = ''): Promise<void> {
  const sender = await startSenderOf(place, idempotent);
  await until(
    'the mailing is over',
    async () => (await getCampaignById(place.db, place.campaignId)).state === 'sent',
    60_000,
  );
  await sender.kill();
}

async function arrivalsAt({ sink }: World): Promise<Map<string, number>> {
  const arrivals = (await (await fetch(`${sink.ready.url}/_arrivals`)).json()) as [string, string, number][];
  const counts = new Map<string, number>();
  for (const [address] of arrivals) counts.set(address, (counts.get(address) ?? 0) + 1);
  return counts;
}

async function expectNobodyLostOrTwice(place: World): Promise<void> {
  const arrivals = await arrivalsAt(place);
  expect(
    [...arrivals.values()].filter((count) => count > 1),
    'doubled',
  ).to.deep.equal([]);
  const rows = (await place
    .db('deliveries as d')
    .join('connections as c', 'c.id', 'd.connection_id')
    .select('c.external_id as address', 'd.state')) as {
    address: string;
    state: string;
  }[];
  const lost = rows.filter(
    (row) => row.state !== 'unconfirmed' && !(row.state === 'sent' && arrivals.has(row.address)),
  );
  expect(lost, 'lost').to.deep.equal([]);
}

for (const kind of databaseKinds()) {
  describe(`a sender that is killed [${kind}]`, function () {
    this.timeout(180_000);
    const places: World[] = [];
    const open = async (...args: Parameters<typeof world>): Promise<World> => {
      const place = await world(...args);
      places.push(place);
      return place;
    };
    afterEach(async () => {
      for (const place of places.splice(0)) {
        await place.db.destroy();
        await place.sink.kill();
      }
    });

    const kills = kind === 'sqlite' ? 20 : 6;
    it(`loses nobody, writes to nobody twice and leaves no more unconfirmed than were in flight, ${kills} times`, async () => {
      const place = await open(kind, PEOPLE);
      const inFlight = await killed(place, kills);
      await finished(place);
      const sums = await expectAudited(place.db, place.campaignId);
      const total = inFlight.reduce((sum, count) => sum + count, 0);
      expect(Math.max(...inFlight)).to.be.at.most(IN_FLIGHT);
      expect(sums.planned).to.equal(PEOPLE);
      expect(sums.unconfirmed ?? 0).to.equal(total);
      expect((sums.sent ?? 0) + total).to.equal(PEOPLE);
      await expectNobodyLostOrTwice(place);
    });

    it('leaves nothing unconfirmed where the platform drops repeats', async () => {
      const place = await open(kind, FEWER, ['drops-repeats']);
      await killed(place, 2, 'idempotent');
      await finished(place, 'idempotent');
      expect(await expectAudited(place.db, place.campaignId)).to.deep.equal({ planned: FEWER, sent: FEWER });
      await expectNobodyLostOrTwice(place);
    });
  });
}
