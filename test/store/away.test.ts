import { expect } from 'chai';
import { isAway, mayPass } from '../../src/store/away.ts';

const failing = (code: string): Error => Object.assign(new Error('no'), { code });

describe('an error of the database', () => {
  const cases: [string, { away: boolean; passing: boolean }, string[]][] = [
    [
      'is of one that is away',
      { away: true, passing: true },
      ['ECONNREFUSED', 'SERVER_SILENT', 'ER_SERVER_SHUTDOWN', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_IOERR_FSYNC'],
    ],
    [
      'passes, though it answered',
      { away: false, passing: true },
      ['SQLITE_READONLY_DBMOVED', 'SQLITE_CORRUPT', 'ER_LOCK_DEADLOCK', 'ER_TABLEACCESS_DENIED_ERROR'],
    ],
    [
      'speaks of what was asked',
      { away: false, passing: false },
      ['SQLITE_CONSTRAINT_TRIGGER', 'SQLITE_ERROR', 'ER_DATA_TOO_LONG', 'ER_SIGNAL_EXCEPTION', 'ER_BAD_FIELD_ERROR'],
    ],
  ];
  for (const [title, expected, codes] of cases) {
    it(title, () => {
      for (const code of codes) {
        const error = failing(code);
        expect({ away: isAway(error), passing: mayPass(error) }, code).to.deep.equal(expected);
      }
    });
  }

  it('speaks of what was asked where it has no code', () => {
    expect(mayPass(new TypeError('no such thing'))).to.equal(false);
  });
});
