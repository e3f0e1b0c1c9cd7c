import { expect } from 'chai';
import { databaseNow } from '../../src/store/clock.ts';
import { ALIVE_MS, beat, forget, liveSenders } from '../../src/store/senders.ts';
import { onEveryDatabase } from '../support/databases.ts';
import { startSender } from '../support/mailing.ts';
import { until } from '../support/services.ts';

onEveryDatabase('senders', (db) => {
  const ids = async (): Promise<string[]> => (await liveSenders(db())).map(({ id }) => id);
  const silentFor = (id: string, ms: number): Promise<number> => db()('senders').where({ id }).decrement('seen_at', ms);

  beforeEach(() => db()('senders').delete());

  it('tells the time of the database in UTC milliseconds', async () => {
    expect(await databaseNow(db())).to.be.closeTo(Date.now(), 1000);
  });

  it('lists who has given a sign of life lately, the longest-running first', async () => {
    await beat(db(), { id: 'younger', host: 'two' });
    await beat(db(), { id: 'older', host: 'one' });
    await db()('senders').where({ id: 'older' }).decrement('started_at', 1000);
    const [first, second] = await liveSenders(db());
    expect(first).to.include({ id: 'older', host: 'one' });
    expect(second).to.include({ id: 'younger', host: 'two' });
    expect(second!.startedAt).to.be.closeTo(Date.now(), 2000);
    expect(second!.seenAt).to.equal(second!.startedAt);
  });

  it('leaves out who was silent for too long, until it is heard again under its first start', async () => {
    await beat(db(), { id: 'quiet', host: 'one' });
    const [{ startedAt } = { startedAt: 0 }] = await liveSenders(db());
    await silentFor('quiet', ALIVE_MS - 3000);
    expect(await ids()).to.deep.equal(['quiet']);
    await silentFor('quiet', 4000);
    expect(await ids()).to.deep.equal([]);
    await beat(db(), { id: 'quiet', host: 'one' });
    expect((await liveSenders(db())).map((sender) => sender.startedAt)).to.deep.equal([startedAt]);
  });

  it('forgets who leaves in order, and sweeps up who was killed long ago', async () => {
    await beat(db(), { id: 'gone', host: 'one' });
    await forget(db(), 'gone');
    await beat(db(), { id: 'killed', host: 'one' });
    await silentFor('killed', 25 * 3600 * 1000);
    await beat(db(), { id: 'here', host: 'one' });
    expect(await db()('senders').pluck('id')).to.deep.equal(['here']);
  });

  it('is where a sender stands from its start to its orderly end', async () => {
    const rig = startSender(db(), [], { owner: 'the-sender' });
    await until('the sender is known', async () => (await ids()).includes('the-sender'));
    await rig.stop();
    expect(await ids()).to.deep.equal([]);
  });
});
