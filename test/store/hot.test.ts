// Statements that go past the pool must not slip into a transaction that somebody else has open.
import { expect } from 'chai';
import type { Database } from '../../src/store/database.ts';
import { ask } from '../../src/store/hot.ts';
import { newDatabase } from '../support/databases.ts';

describe('store/hot', () => {
  let db: Database;
  before(async () => {
    db = await newDatabase('sqlite');
    await db.schema.createTable('notes', (table) => table.text('words'));
  });
  after(() => db.destroy());

  const note = (words: string): Promise<unknown> =>
    ask(db, { sql: 'insert into notes (words) values (?)', bindings: [words] });

  it('waits for the end of an open transaction, in the order of asking, and is not undone with it', async () => {
    let written = false;
    let later: Promise<unknown> = Promise.resolve();
    const failed = db.transaction(async (trx) => {
      await trx('notes').insert({ words: 'undone' });
      later = Promise.all([note('first'), note('second')]).then(() => (written = true));
      await trx('notes').insert({ words: 'undone, too' });
      expect(written).to.equal(false);
      throw new Error('undo');
    });
    expect(await failed.catch(String)).to.equal('Error: undo');
    await later;
    expect(await db('notes').orderBy('rowid').pluck('words')).to.deep.equal(['first', 'second']);
  });

  it('answers what must be on the disk once it is, each asker its own', async () => {
    const kept = (words: string) =>
      ask(db, { sql: 'update notes set words = ? where words = ?', bindings: [words, words], durable: true });
    const [first, none, second] = await Promise.all([kept('first'), kept('nobody'), kept('second')]);
    expect([first.changed, none.changed, second.changed]).to.deep.equal([1, 0, 1]);
  });

  it('is part of a transaction where it is asked within one', async () => {
    await db
      .transaction(async (trx) => {
        await ask(trx, { sql: 'delete from notes', bindings: [] });
        throw new Error('undo');
      })
      .catch(() => undefined);
    expect(await db('notes').pluck('words')).to.have.length(2);
  });
});
