// MariaDB and Redis fail for half a minute each while two senders are sending: they go on by themselves.
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { getCampaignById } from '../../src/store/campaigns.ts';
import { openDatabase } from '../../src/store/database.ts';
import { judge } from '../support/crash-world.ts';
import { databaseKinds } from '../support/databases.ts';
import { mostInAnySecond } from '../support/pace.ts';
import { type Processes, startProcesses } from '../support/processes.ts';
import type { RunningServer } from '../support/server.ts';
import { type Service, startMariadb, startRedis, until } from '../support/services.ts';

const PEOPLE = 4000;
const SPEED = 200;
const AWAY_MS = 30_000;
/** Of one process, while both are away. */
const MOST_LINES = 200;

describe('an outage while sending', function () {
  this.timeout(240_000);
  let mariadb: Service;
  let redis: Service;
  let place: Processes;

  before(async function () {
    if (!databaseKinds().includes('mariadb')) this.skip();
    [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
    const root = openDatabase(mariadb.url);
    await root.raw('create database herald character set utf8mb4 collate utf8mb4_bin');
    await root.destroy();
    const environment = { ROLE: 'web', DATABASE_URL: `${mariadb.url}/herald`, REDIS_URL: redis.url };
    place = await startProcesses({ people: PEOPLE, delayMs: 50, environment });
  });
  after(async () => {
    await place?.close();
    await redis?.stop();
    await mariadb?.stop();
  });

  const arrived = async (): Promise<number> => (await place.arrivals()).length;
  const lines = (server: Pick<RunningServer, 'output'>): number => server.output().split('\n').length;

  it('of MariaDB and of Redis, which comes back empty, loses nobody, doubles nobody and breaks no limit', async () => {
    const senders = [await place.start({ ROLE: 'sender' }), await place.start({ ROLE: 'sender' })];
    const campaignId = await place.send({ speed: SPEED });
    await until('much has arrived', async () => (await arrived()) > SPEED);

    const before = [place.web, ...senders].map(lines);
    await redis.fail();
    await pause(AWAY_MS / 3);
    await mariadb.fail();
    const refusal = await place.web.api('GET', '/mailings').catch(String);
    expect(refusal).to.include('answered 503').and.include('database_away');
    await pause((AWAY_MS * 2) / 3);
    await redis.comeBack();
    await pause(AWAY_MS / 3);
    const during = [place.web, ...senders].map((server, index) => lines(server) - (before[index] ?? 0));
    await mariadb.comeBack();

    const { db } = place;
    await until('the database answers', () =>
      db.raw('select 1').then(
        () => true,
        () => false,
      ),
    );
    const atReturn = await arrived();
    await until('sending goes on', async () => (await arrived()) > atReturn, 30_000);
    await until('the mailing is over', async () => (await getCampaignById(db, campaignId)).state === 'sent', 90_000);
    const outcome = await judge(place);
    expect(outcome, 'nothing was in the air that the senders do not remember').to.deep.equal({
      lost: 0,
      doubled: 0,
      unconfirmed: 0,
    });
    const times = (await place.arrivals()).map(({ at }) => at);
    expect(mostInAnySecond(times)).to.be.at.most(1.1 * SPEED);
    for (const count of during) expect(count).to.be.below(MOST_LINES);
    for (const sender of senders) expect(await sender.end('SIGTERM')).to.equal(0);
  });
});
