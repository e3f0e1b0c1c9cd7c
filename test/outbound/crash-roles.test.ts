// One web process and two senders, as somebody would run them: senders come and go while a mailing is on its way.
import { expect } from 'chai';
import { getCampaignById } from '../../src/store/campaigns.ts';
import { liveSenders } from '../../src/store/senders.ts';
import { inHandsOf, judge } from '../support/crash-world.ts';
import { databaseKinds, newDatabaseUrl } from '../support/databases.ts';
import { type Processes, startProcesses } from '../support/processes.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { type Service, startRedis, until } from '../support/services.ts';

const PEOPLE = 4000;
const SPEED = 400;

describe('processes with roles', function () {
  this.timeout(180_000);
  let redis: Service;
  let place: Processes;

  before(async function () {
    if (!databaseKinds().includes('mariadb')) this.skip();
    redis = await startRedis();
    place = await startProcesses({
      people: PEOPLE,
      delayMs: 60,
      environment: { ROLE: 'web', DATABASE_URL: await newDatabaseUrl('mariadb'), REDIS_URL: redis.url },
    });
  });
  after(async () => {
    await place?.close();
    await redis?.stop();
  });

  /** A sender, and the name it puts into leases. */
  async function aSender(): Promise<{ server: RunningServer; owner: string }> {
    const before = new Set((await liveSenders(place.db)).map(({ id }) => id));
    const server = await place.start({ ROLE: 'sender' });
    let owner = '';
    await until('the sender is known', async () => {
      owner = (await liveSenders(place.db)).find(({ id }) => !before.has(id))?.id ?? '';
      return owner !== '';
    });
    return { server, owner };
  }

  const holds = async (owner: string): Promise<boolean> =>
    (await place.db('slices').where({ lease_owner: owner }).first('id')) !== undefined;

  it('send together, lose nobody when one is killed and another restarted, and write to nobody twice', async () => {
    const [first, second] = [await aSender(), await aSender()];
    const answers = ['/readyz', '/metrics', '/'].map(async (path) => (await fetch(first.server.url + path)).status);
    expect(await Promise.all(answers), 'health and metrics, and no page').to.deep.equal([200, 200, 404]);
    const campaignId = await place.send({ speed: SPEED });
    await until('both take part', async () => (await holds(first.owner)) && (await holds(second.owner)));
    await until('much has arrived', async () => (await place.arrivals()).length > PEOPLE / 20);

    await first.server.end('SIGKILL');
    const inFlight = await inHandsOf(place.db, first.owner);
    // The zero-downtime restart: the new one is there before the old one leaves.
    const third = await aSender();
    expect(await second.server.end('SIGTERM'), second.server.output()).to.equal(0);
    expect(await holds(second.owner), 'leases of who left in order').to.equal(false);
    expect((await liveSenders(place.db)).map(({ id }) => id)).to.not.include(second.owner);

    const { db } = place;
    await until('the mailing is over', async () => (await getCampaignById(db, campaignId)).state === 'sent', 90_000);
    const outcome = await judge(place);
    expect(outcome).to.deep.include({ lost: 0, doubled: 0 });
    expect(outcome.unconfirmed).to.be.at.most(inFlight);
    expect(third.server.output()).to.include('deliveries.recovered');
  });
});

describe('processes that start at the same moment on an empty database', function () {
  this.timeout(120_000);

  it('all come up', async function () {
    if (!databaseKinds().includes('mariadb')) this.skip();
    const redis = await startRedis();
    const environment = {
      DATABASE_URL: await newDatabaseUrl('mariadb'),
      REDIS_URL: redis.url,
      SECRET_KEY: '11'.repeat(32),
      INSTANCE_ID: 'herald-under-test',
    };
    const roles = ['web', 'sender', 'sender'];
    const servers = await Promise.all(roles.map((role) => startServer({ ...environment, ROLE: role })));
    for (const server of servers) {
      expect((await fetch(`${server.url}/readyz`)).status).to.equal(200);
      await server.stop();
    }
    await redis.stop();
  });
});
