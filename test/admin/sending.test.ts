// The sending step's pure parts: durations in words, wall-clock times in zones.
import { expect } from 'chai';
import { durationWords, secondsFor } from '../../admin/src/features/sending/duration.ts';
import { isZone, resolve, tomorrowAtTen, zones } from '../../admin/src/features/sending/zones.ts';

describe('durationWords', () => {
  for (const [seconds, words] of [
    [0, '1 second'],
    [59, '59 seconds'],
    [61, '2 minutes'],
    [480, '8 minutes'],
    [3600, '1 hour'],
    [7500, '2 hours 5 minutes'],
  ] as const) {
    it(`says ${words} for ${seconds} s`, () => expect(durationWords(seconds, 'en')).to.equal(words));
  }

  it('follows the plurals of a Slavic language', () => {
    expect(durationWords(120, 'ru')).to.equal('2 минуты');
    expect(durationWords(300, 'ru')).to.equal('5 минут');
  });
});

describe('secondsFor', () => {
  it('rounds up and takes no time for nobody', () => {
    expect([secondsFor(0, 25), secondsFor(1, 25), secondsFor(11_980, 25)]).to.deep.equal([0, 1, 480]);
  });
});

describe('resolve', () => {
  const now = Date.UTC(2026, 0, 1);

  it('reads a wall-clock time in its zone', () => {
    expect(resolve('2026-11-22T18:00', 'Europe/Berlin', now)).to.deep.equal({
      at: Date.UTC(2026, 10, 22, 17),
      kind: 'plain',
      past: false,
      local: '2026-11-22T18:00',
    });
  });

  it('moves a time the clock skips behind the gap', () => {
    expect(resolve('2026-03-29T02:30', 'Europe/Berlin', now)).to.include({
      kind: 'gap',
      local: '2026-03-29T03:30',
      at: Date.UTC(2026, 2, 29, 1, 30),
    });
  });

  it('takes the first of a time that comes twice', () => {
    expect(resolve('2026-10-25T02:30', 'Europe/Berlin', now)).to.include({
      kind: 'overlap',
      at: Date.UTC(2026, 9, 25, 0, 30),
    });
  });

  it('says when it is past, and refuses what it cannot read', () => {
    expect(resolve('2025-12-31T10:00', 'UTC', now)?.past).to.equal(true);
    expect(resolve('soon', 'UTC', now)).to.equal(null);
    expect(resolve('2026-11-22T18:00', 'Mars/Base', now)).to.equal(null);
  });
});

describe('zones', () => {
  it('offer UTC and the modern names, from west to east', () => {
    const list = zones(Date.UTC(2026, 0, 1));
    expect(list.map((zone) => zone.name)).to.include.members(['UTC', 'Europe/Kyiv', 'Asia/Kolkata']);
    expect(list.find((zone) => zone.name === 'Asia/Kolkata')?.offset).to.equal('UTC+5:30');
    expect(list.map((zone) => zone.minutes)).to.deep.equal(list.map((zone) => zone.minutes).toSorted((a, b) => a - b));
  });

  it('are checked by use, not by the list', () => {
    expect([isZone('UTC'), isZone('Europe/Kyiv'), isZone('Nowhere/Land')]).to.deep.equal([true, true, false]);
  });
});

describe('tomorrowAtTen', () => {
  it('is tomorrow by the clock of the zone', () => {
    expect(tomorrowAtTen('Asia/Tokyo', Date.UTC(2026, 0, 1, 20))).to.equal('2026-01-03T10:00');
  });
});
