// A MariaDB that hangs: its connections stand, new ones are taken, nothing is answered. Whoever asks is told in time, and
// when it goes on so does sending, with nobody lost, doubled or in doubt.
import { expect } from 'chai';
import { createLocalBus } from '../../src/bus.ts';
import { createReadiness } from '../../src/http/readiness.ts';
import { createMeter } from '../../src/meter.ts';
import { isAway } from '../../src/store/away.ts';
import type { Database } from '../../src/store/database.ts';
import { databaseKinds, mariadbServer, newDatabase } from '../support/databases.ts';
import { engineWorld } from '../support/engine-world.ts';
import { dueMailing, expectAudited } from '../support/mailing.ts';
import { type Service, until } from '../support/services.ts';

const PEOPLE = 600;
const SPEED = 150;
/** Longer than after which a statement is asked about, and shorter than what is left of the mailing takes. */
const LEGITIMATE_S = 4;

describe('a database that hangs while sending', function () {
  this.timeout(90_000);
  let db: Database;
  let mariadb: Service;
  const world = engineWorld(() => db);

  before(async function () {
    if (!databaseKinds().includes('mariadb')) this.skip();
    mariadb = await mariadbServer();
    db = await newDatabase('mariadb');
  });
  after(async () => {
    mariadb?.thaw();
    await db?.destroy();
  });

  it('is told of in time, loses and doubles nobody, and cuts no long statement off', async () => {
    const ready = createReadiness({
      db,
      bus: createLocalBus(),
      meter: createMeter(),
      now: Date.now,
      isStopping: () => false,
    });
    await world.people(PEOPLE);
    const campaign = await dueMailing(db, { settings: { speed: SPEED } });
    world.start();
    await until('much has arrived', () => world.sink.arrivals.length > SPEED);
    expect(await ready()).to.deep.equal([]);

    mariadb.freeze();
    const isTold = async (): Promise<boolean> => (await ready()).some(({ check }) => check === 'database');
    // In the very moment in which it stops it may still answer.
    await until('readiness says so', isTold, 8_000);
    const refusal = await db('campaigns')
      .first('id')
      .catch((error: unknown) => error);
    expect(isAway(refusal), String(refusal)).to.equal(true);
    await until('it is known to be silent', async () =>
      (await ready()).some(({ detail }) => detail === 'SERVER_SILENT'),
    );
    const arrived = world.sink.arrivals.length;
    mariadb.thaw();

    await until('it answers again', async () => (await ready()).length === 0);
    const legitimate = db.raw(`select sleep(${LEGITIMATE_S}) as interrupted`).then((answer: unknown) => answer);
    await until('sending goes on', () => world.sink.arrivals.length > arrived);
    await world.isIn(campaign, 'sent');
    expect(await expectAudited(db, campaign.id)).to.deep.equal({ planned: PEOPLE, sent: PEOPLE });
    const people = world.sink.arrivals.map(({ address }) => address);
    expect(people).to.have.length(PEOPLE);
    expect(new Set(people).size).to.equal(PEOPLE);
    const [[row]] = (await legitimate) as [[{ interrupted: number }], unknown];
    expect(row.interrupted).to.equal(0);
  });
});
