import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { sweepImportFiles } from '../../src/inbound/import-files.ts';
import type { Database } from '../../src/store/database.ts';
import { newDatabase } from '../support/databases.ts';

const DAY_MS = 24 * 3_600_000;

describe('sweepImportFiles', () => {
  let db: Database;
  let folder: string;
  before(async () => {
    db = await newDatabase('sqlite');
    folder = mkdtempSync(join(tmpdir(), 'herald-sweep-'));
  });
  after(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has nothing to do where nothing was ever imported', async () => {
    expect(await sweepImportFiles({ db, dataFolder: folder, now: Date.now })).to.equal(0);
  });

  it('removes files after a week, but none of an import that may go on', async () => {
    mkdirSync(join(folder, 'imports'));
    for (const [name, days] of [
      ['old.csv', 8],
      ['stopped.csv', 8],
      ['new.csv', 6],
    ] as const) {
      const path = join(folder, 'imports', name);
      writeFileSync(path, 'a,b\n');
      const at = (Date.now() - days * DAY_MS) / 1000;
      utimesSync(path, at, at);
    }
    const row = { state: 'stopped', name: 'x', file: 'stopped.csv', options: '{}', created_at: 1, public_id: 'p1' };
    await db('imports').insert(row);
    expect(await sweepImportFiles({ db, dataFolder: folder, now: Date.now })).to.equal(1);
    expect(readdirSync(join(folder, 'imports')).sort()).to.deep.equal(['new.csv', 'stopped.csv']);
  });
});
