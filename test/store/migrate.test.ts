import { expect } from 'chai';
import { migrate } from '../../src/store/migrate.ts';
import { onEveryDatabase } from '../support/databases.ts';

onEveryDatabase('migrate', (db) => {
  it('has nothing left to do the second time', async () => {
    expect(await migrate(db())).to.deep.equal([]);
  });
  it('tells apart names that differ only in case', async () => {
    await db()('tags').insert([
      { name: 'Chess', created_at: 1 },
      { name: 'chess', created_at: 2 },
    ]);
    expect(await db()('tags').where({ name: 'chess' }).pluck('created_at')).to.deep.equal([2]);
  });
});
