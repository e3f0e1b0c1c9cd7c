import { expect } from 'chai';
import fc from 'fast-check';
import type { Repeat } from '../../src/domain/mailing-settings.ts';
import {
  instantOfOccurrence,
  newestMissed,
  nextStart,
  nextStarts,
  occurrenceOf,
  repeatProblems,
} from '../../src/domain/repeat.ts';
import { wallClockAt } from '../../src/domain/schedule.ts';
import { decideStart, startAfter } from '../../src/domain/start.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const repeat = (change: Partial<Repeat> = {}): Repeat => ({
  cron: '0 9 * * *',
  zone: 'UTC',
  until: null,
  times: null,
  ...change,
});
const at = (text: string): number => Date.parse(`${text}:00Z`);
const iso = (time: number): string => new Date(time).toISOString().slice(0, 16);
const starts = (change: Partial<Repeat>, after: string, most = 3): string[] =>
  nextStarts(repeat(change), { after: at(after), starts: 0 }, most).map(iso);

describe('the starts of a repeat', () => {
  const cases: [string, Partial<Repeat>, string, string[]][] = [
    ['every day', {}, '2026-11-22T09:00', ['2026-11-23T09:00', '2026-11-24T09:00', '2026-11-25T09:00']],
    [
      'on Mondays',
      { cron: '30 8 * * 1' },
      '2026-11-22T00:00',
      ['2026-11-23T08:30', '2026-11-30T08:30', '2026-12-07T08:30'],
    ],
    [
      'on the last day of the month',
      { cron: '0 0 31 * *' },
      '2026-01-01T00:00',
      ['2026-01-31T00:00', '2026-03-31T00:00', '2026-05-31T00:00'],
    ],
    [
      'day of month or weekday, where both are given',
      { cron: '0 9 1 * 1' },
      '2026-11-27T00:00',
      ['2026-11-30T09:00', '2026-12-01T09:00', '2026-12-07T09:00'],
    ],
    [
      'by the clocks of a zone, through a shorter day',
      { zone: 'Europe/Kyiv' },
      '2026-03-28T00:00',
      ['2026-03-28T07:00', '2026-03-29T06:00', '2026-03-30T06:00'],
    ],
    [
      'at a time that is skipped: as much later',
      { cron: '30 3 * * *', zone: 'Europe/Kyiv' },
      '2026-03-28T02:00',
      ['2026-03-29T01:30', '2026-03-30T00:30', '2026-03-31T00:30'],
    ],
    [
      'at a time that is shown twice: once',
      { cron: '30 3 * * *', zone: 'Europe/Kyiv' },
      '2026-10-24T01:00',
      ['2026-10-25T00:30', '2026-10-26T01:30', '2026-10-27T01:30'],
    ],
    [
      'every half hour, where one is skipped: none twice',
      { cron: '*/30 * * * *', zone: 'Europe/Kyiv' },
      '2026-03-29T00:00',
      ['2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30'],
    ],
    ['up to the last day, that one included', { until: '2026-11-23' }, '2026-11-22T10:00', ['2026-11-23T09:00']],
    ['so many times', { times: 2 }, '2026-11-22T00:00', ['2026-11-22T09:00', '2026-11-23T09:00']],
  ];
  for (const [title, change, after, expected] of cases)
    it(`are ${title}`, () => expect(starts(change, after)).to.deep.equal(expected));

  it('come at the hour of the pattern on every day of a year, in zones with and without changes', () => {
    for (const zone of ['Europe/Kyiv', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Tokyo']) {
      const daily = repeat({ zone, cron: '15 2 * * *' });
      let last = Date.UTC(2025, 0, 1);
      for (let day = 0; day < 370; day += 1) {
        const next = nextStart(daily, { after: last, starts: 0 })!;
        const shown = new Date(wallClockAt(next, zone)).toISOString().slice(11, 16);
        expect(shown, `${zone} ${iso(next)}`).to.be.oneOf(['02:15', '02:45', '03:15']);
        expect(next - last, `${zone} ${iso(next)}`).to.be.within(day === 0 ? 1 : DAY - HOUR, DAY + HOUR);
        last = next;
      }
    }
  });

  it('are found anew from their occurrence', () => {
    expect(occurrenceOf(at('2026-11-22T18:00'))).to.equal('20261122T180000Z');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), (seconds) => {
        expect(instantOfOccurrence(occurrenceOf(seconds * 1000))).to.equal(seconds * 1000);
      }),
    );
  });
});

describe('repeatProblems', () => {
  for (const [cron, expected] of [
    ['*/15 * * * *', []],
    ['0 9 * * MON-FRI', []],
    ['*/10 * * * *', ['cron_too_often']],
    ['0,5 0 1 1 *', ['cron_too_often']],
    ['55,0 0,23 * * *', ['cron_too_often']],
    ['0 0 30 2 *', ['cron_never']],
    ['0 9 * *', ['cron_invalid']],
    ['0 0 9 * * *', ['cron_invalid']],
    ['@daily', ['cron_invalid']],
    ['61 * * * *', ['cron_invalid']],
  ] as const) {
    it(`${cron}: ${expected.join() || 'sound'}`, () => {
      expect(repeatProblems({ cron, zone: 'UTC' }).map(({ code }) => code)).to.deep.equal(expected);
    });
  }
});

describe('decideStart', () => {
  const NINE = at('2026-11-22T09:00');
  const decide = (late: number, change: Partial<Parameters<typeof decideStart>[0]> = {}) =>
    decideStart(
      { dueAt: NINE, starts: 0, lateAccepted: false, settings: { repeat: null, latest: 60 }, ...change },
      NINE + late,
    );
  const daily = { settings: { repeat: repeat(), latest: 60 } };

  it('starts in time and within the latest minutes, and asks after them', () => {
    expect(decide(0)).to.deep.equal({ kind: 'start', dueAt: NINE, occurrence: '' });
    expect(decide(HOUR).kind).to.equal('start');
    expect(decide(HOUR + 1)).to.deep.equal({ kind: 'ask', dueAt: NINE });
  });
  it('starts however late where no latest time is set, or a person said so', () => {
    expect(decide(400 * DAY, { settings: { repeat: null, latest: null } }).kind).to.equal('start');
    expect(decide(400 * DAY, { lateAccepted: true }).kind).to.equal('start');
  });
  it('makes one start of all that were missed, the newest, also after a year', () => {
    expect(decide(400 * DAY + 1, daily)).to.deep.equal({
      kind: 'start',
      dueAt: NINE + 400 * DAY,
      occurrence: '20271227T090000Z',
    });
    const often = repeat({ cron: '*/15 * * * *', until: '2026-12-01' });
    expect(iso(newestMissed(often, { due: NINE, now: NINE + 400 * DAY }))).to.equal('2026-12-01T23:45');
  });
  it('waits for the next start of a series where that is nearer than the missed one', () => {
    expect(decide(11 * HOUR, daily).kind).to.equal('ask');
    expect(decide(13 * HOUR, daily)).to.deep.equal({ kind: 'wait', dueAt: NINE + DAY });
  });
  it('is followed by the next of the pattern until the series is over', () => {
    const started = { dueAt: NINE, occurrence: occurrenceOf(NINE), starts: 1 };
    expect(startAfter({ ...started, settings: { repeat: repeat() } })).to.equal(NINE + DAY);
    expect(startAfter({ ...started, settings: { repeat: repeat({ times: 1 as number }) } })).to.equal(null);
    expect(startAfter({ ...started, dueAt: null, settings: { repeat: repeat() } })).to.equal(null);
    expect(startAfter({ ...started, occurrence: '', settings: { repeat: null } })).to.equal(null);
  });
});
