import { expect } from 'chai';
import fc from 'fast-check';
import { quietFor, quietUntil } from '../../src/domain/quiet-hours.ts';
import { wallClockAt } from '../../src/domain/schedule.ts';

const MINUTE = 60_000;
const NIGHT = { from: '22:00', to: '07:00' };
const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, 16));
const until = (hours: { from: string; to: string }, zone: string, at: string): string | null =>
  iso(quietUntil(hours, zone, Date.parse(`${at}:00Z`)));

describe('quietUntil', () => {
  const cases: [string, { from: string; to: string }, string, string, string | null][] = [
    ['before they begin', NIGHT, 'UTC', '2026-11-22T21:59', null],
    ['as they begin', NIGHT, 'UTC', '2026-11-22T22:00', '2026-11-23T07:00'],
    ['after midnight', NIGHT, 'UTC', '2026-11-23T00:30', '2026-11-23T07:00'],
    ['as they end', NIGHT, 'UTC', '2026-11-23T07:00', null],
    ['by another clock', NIGHT, 'Asia/Tokyo', '2026-11-22T13:30', '2026-11-22T22:00'],
    ['in the middle of a day', { from: '12:00', to: '14:00' }, 'UTC', '2026-11-22T13:00', '2026-11-22T14:00'],
    ['with the same time twice', { from: '12:00', to: '12:00' }, 'UTC', '2026-11-22T12:00', null],
    ['through a night that is an hour shorter', NIGHT, 'Europe/Kyiv', '2026-03-28T20:00', '2026-03-29T04:00'],
    ['through a night that is an hour longer', NIGHT, 'Europe/Kyiv', '2026-10-24T19:00', '2026-10-25T05:00'],
    [
      'to an end the clocks skip',
      { from: '22:00', to: '03:30' },
      'Europe/Kyiv',
      '2026-03-28T20:00',
      '2026-03-29T01:00',
    ],
    [
      'past the only hour that is not quiet, which the clocks skip',
      { from: '04:00', to: '03:00' },
      'Europe/Kyiv',
      '2026-03-28T02:00',
      '2026-03-30T00:00',
    ],
  ];
  for (const [title, hours, zone, at, expected] of cases)
    it(`${title}: ${expected ?? 'not quiet'}`, () => expect(until(hours, zone, at)).to.equal(expected));

  it('ends at the first minute that is not quiet, in any zone, over changes of the clocks', () => {
    const zones = fc.constantFrom(
      'Europe/Kyiv',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Asia/Tokyo',
    );
    // The days around the changes of the year, when something may go wrong.
    const days = fc.constantFrom(
      '2026-02-14',
      '2026-03-07',
      '2026-03-28',
      '2026-04-04',
      '2026-10-03',
      '2026-10-24',
      '2026-10-31',
    );
    const clock = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '30'))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
    fc.assert(
      fc.property(zones, days, fc.integer({ min: 0, max: 48 * 12 }), clock, clock, (zone, day, steps, from, to) => {
        const at = Date.parse(`${day}T00:00:00Z`) + steps * 5 * MINUTE;
        const isQuiet = (instant: number): boolean => {
          const shown = new Date(wallClockAt(instant, zone)).toISOString().slice(11, 16);
          return from > to ? shown >= from || shown < to : shown >= from && shown < to;
        };
        const end = quietUntil({ from, to }, zone, at);
        if (!isQuiet(at)) {
          expect(end).to.equal(null);
          return;
        }
        expect(end).to.be.greaterThan(at);
        // Where the clocks go back over the end they show it twice, and either may be the end.
        const nearChange = wallClockAt(end! + 3 * 60 * MINUTE, zone) - wallClockAt(end! - 3 * 60 * MINUTE, zone);
        if (nearChange < 6 * 60 * MINUTE) return;
        expect(isQuiet(end!), 'not too soon').to.equal(false);
        expect(isQuiet(end! - MINUTE), 'not too late').to.equal(true);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('quietFor', () => {
  it('goes by each person’s clock, and by the workspace’s for those without a zone', () => {
    const quiet = quietFor({ ...NIGHT, clock: 'person' }, 'Europe/Kyiv');
    const at = Date.UTC(2026, 10, 22, 21);
    expect(iso(quiet.until('Europe/Kyiv', at))).to.equal('2026-11-23T05:00');
    expect(iso(quiet.until(null, at))).to.equal('2026-11-23T05:00');
    expect(quiet.until('America/New_York', at)).to.equal(null);
    const office = quietFor({ ...NIGHT, clock: 'workspace' }, 'Europe/Kyiv');
    expect(iso(office.until('America/New_York', at))).to.equal('2026-11-23T05:00');
  });

  it('begins on the minute, though it was asked a moment before', () => {
    const quiet = quietFor({ ...NIGHT, clock: 'workspace' }, 'UTC');
    const ten = Date.UTC(2026, 10, 22, 22);
    expect(quiet.until(null, ten - 1)).to.equal(null);
    expect(iso(quiet.until(null, ten))).to.equal('2026-11-23T07:00');
    expect(quiet.until(null, ten + 9 * 60 * MINUTE)).to.equal(null);
  });
});
