import { expect } from 'chai';
import { findStuck, STUCK_MS, wasAsleep, type Watched } from '../../src/domain/watchdog.ts';

const NOW = 10_000_000;
const lane = (key: string, still: number): Watched => ({ kind: 'lane', key, movedAt: NOW - still });

describe('findStuck', () => {
  it('finds what has not moved for longer than it may', () => {
    const watched = [lane('moves', 0), lane('slow', STUCK_MS), lane('still', STUCK_MS + 1)];
    const stuck = findStuck(watched, { now: NOW, stuckAfter: STUCK_MS });
    expect(stuck.map(({ key }) => key)).to.deep.equal(['still']);
  });
});

describe('wasAsleep', () => {
  const cases: [string, number, boolean][] = [
    ['a look on time', 5_000, false],
    ['a look that was held up a little', 14_000, false],
    ['the first look after a night', 8 * 3_600_000, true],
  ];
  for (const [title, since, expected] of cases) {
    it(`is ${expected} for ${title}`, () => {
      expect(wasAsleep({ now: NOW, lookedAt: NOW - since, every: 5_000 })).to.equal(expected);
    });
  }
});
