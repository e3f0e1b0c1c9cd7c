// What a process that is asked to leave does with what is in the air.
import { expect } from 'chai';
import { newDatabaseUrl } from '../support/databases.ts';
import { type Processes, startProcesses } from '../support/processes.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/services.ts';

const PEOPLE = 1500;

describe('a graceful stop', function () {
  this.timeout(120_000);
  let place: Processes;
  afterEach(() => place.close());

  const open = async (delayMs: number): Promise<void> => {
    place = await startProcesses({
      people: PEOPLE,
      delayMs,
      environment: { DATABASE_URL: await newDatabaseUrl('sqlite') },
    });
  };
  const count = async (state: string): Promise<number> => (await place.db('deliveries').where({ state })).length;
  const leases = async (): Promise<number> =>
    (await place.db('slices').whereNotNull('lease_owner')).length +
    (await place.db('due_deliveries').whereNotNull('lease_owner')).length;

  /** Asks it to leave; answers its exit code and how long it took. */
  async function leave(): Promise<{ code: number | null; took: number }> {
    const asked = performance.now();
    const code = await place.web.end('SIGTERM');
    return { code, took: performance.now() - asked };
  }

  it('waits for a slow platform, and leaves nothing in the air and every lease free', async () => {
    // As many as may be in flight wait for a connection four at a time: six seconds at most.
    await open(1500);
    await place.send();
    await until('messages are in the air', async () => (await count('sending')) > 50);
    const { code, took } = await leave();
    expect(code).to.equal(0);
    expect(took).to.be.below(10_000);
    expect({ sending: await count('sending'), leases: await leases() }).to.deep.equal({ sending: 0, leases: 0 });
    expect(await count('sent')).to.equal((await place.arrivals()).length);
    expect(await count('unconfirmed')).to.equal(0);
  });

  it('hangs up on a platform that hangs, and says whose fate is unknown: of nobody it had not begun to write to', async () => {
    await open(3_600_000);
    await place.send();
    await until('messages are in the air', async () => (await count('sending')) > 50);
    const { code, took } = await leave();
    expect(code).to.equal(0);
    expect(took).to.be.within(9000, 14_000);
    const unknown = (await place.arrivals()).map(({ address }) => address);
    expect({
      sending: await count('sending'),
      leases: await leases(),
      unconfirmed: await count('unconfirmed'),
      planned: await count('planned'),
    }).to.deep.equal({ sending: 0, leases: 0, unconfirmed: unknown.length, planned: PEOPLE - unknown.length });
    const next = await startServer(place.web.environment, place.web);
    await until('the others are written to', async () => (await place.arrivals()).length > unknown.length);
    await next.end('SIGKILL');
    const addresses = (await place.arrivals()).map(({ address }) => address);
    expect(new Set(addresses).size).to.equal(addresses.length);
  });
});
