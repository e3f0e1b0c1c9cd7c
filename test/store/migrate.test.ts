import { expect } from 'chai';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate, migrationSource } from '../../src/store/migrate.ts';
import { databaseKinds, newDatabaseUrl, onEveryDatabase } from '../support/databases.ts';

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

for (const kind of databaseKinds()) {
  describe(`migrating an empty database [${kind}]`, function () {
    this.timeout(60_000);
    const open: Database[] = [];
    let url: string;
    const process = (): Database => {
      const db = openDatabase(url);
      open.push(db);
      return db;
    };

    beforeEach(async () => {
      url = await newDatabaseUrl(kind);
    });
    afterEach(async () => {
      for (const db of open.splice(0)) await db.destroy();
    });

    it('is done once by processes that start at the same moment', async () => {
      const applied = await Promise.all([process(), process(), process()].map((db) => migrate(db)));
      const [done = [], ...others] = applied.toSorted((a, b) => b.length - a.length);
      expect(await open[0]!('migrations_log').orderBy('id').pluck('name')).to.deep.equal(done);
      expect(others).to.deep.equal([[], []]);
    });

    it('goes on after a process that was killed while it migrated', async () => {
      const db = process();
      await migrate(db);
      const { name } = await db('migrations_log').orderBy('id', 'desc').first('name');
      await db.migrate.down({ migrationSource, tableName: 'migrations_log' });
      await db('migrations_log_lock').update({ is_locked: 1 });
      expect(await migrate(process())).to.deep.equal([name]);
      expect(await db('migrations_log_lock').pluck('is_locked')).to.deep.equal([0]);
    });
  });
}
