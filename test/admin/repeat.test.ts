// Repeats of the sending step: patterns people choose and the cron lines the server keeps.
import { expect } from 'chai';
import fc from 'fast-check';
import { cronWords } from '../../admin/src/features/sending/cron-words.ts';
import {
  changedKind,
  following,
  fromCron,
  isMissedSometimes,
  toCron,
} from '../../admin/src/features/sending/repeat.ts';
import type { Pattern } from '../../admin/src/features/sending/repeat.ts';
import type { Settings } from '../../admin/src/features/shapes.ts';
import { mailingSettingsSchema, repeatSchema } from '../../src/domain/mailing-settings.ts';
import { repeatProblems } from '../../src/domain/repeat.ts';

const settingsOf = (given: object): Settings => mailingSettingsSchema.parse(given);

describe('toCron and fromCron', () => {
  for (const [cron, pattern] of [
    ['0 10 * * *', { kind: 'daily', time: '10:00' }],
    ['5 9 * * 1-5', { kind: 'weekdays', time: '09:05' }],
    ['30 18 * * 1,3', { kind: 'weekly', days: [1, 3], time: '18:30' }],
    ['0 8 1,15 * *', { kind: 'monthly', days: [1, 15], time: '08:00' }],
  ] as const satisfies readonly (readonly [string, Pattern])[]) {
    it(`reads ${cron} as ${pattern.kind} and writes it back`, () => {
      expect(fromCron(cron)).to.deep.equal(pattern);
      expect(toCron(pattern)).to.equal(cron);
    });
  }

  it('takes 0 and 7 for Sunday', () => {
    expect([fromCron('0 10 * * 0'), fromCron('0 10 * * 7')]).to.deep.equal([
      { kind: 'weekly', days: [7], time: '10:00' },
      { kind: 'weekly', days: [7], time: '10:00' },
    ]);
  });

  for (const cron of [
    '*/5 9 * * *',
    '0 9,18 * * *',
    '0 10 * 3 *',
    '0 10 1 * 1',
    '0 10 * * mon',
    '0 25 * * *',
    'soon',
  ]) {
    it(`leaves ${cron} as it was written`, () => expect(fromCron(cron)).to.deep.equal({ kind: 'custom', cron }));
  }

  it('make of every pattern a rule the server takes, and the same pattern again', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    const days = (most: number) =>
      fc.uniqueArray(fc.integer({ min: 1, max: most }), { minLength: 1 }).map((list) => list.toSorted((a, b) => a - b));
    const patterns: fc.Arbitrary<Pattern> = fc.oneof(
      fc.record({ kind: fc.constantFrom('daily' as const, 'weekdays' as const), time }),
      fc.record({ kind: fc.constant('weekly' as const), days: days(7), time }),
      fc.record({ kind: fc.constant('monthly' as const), days: days(28), time }),
    );
    fc.assert(
      fc.property(patterns, (pattern) => {
        const cron = toCron(pattern);
        expect(repeatProblems(repeatSchema.parse({ cron, zone: 'UTC' }))).to.deep.equal([]);
        expect(fromCron(cron)).to.deep.equal(pattern);
      }),
      { numRuns: 200 },
    );
  });
});

describe('changedKind', () => {
  const today = { weekday: 7, day: 22 };

  it('keeps the time and takes the days of today', () => {
    expect(changedKind('30 9 * * *', 'weekly', today)).to.deep.equal({ kind: 'weekly', days: [7], time: '09:30' });
    expect(changedKind('30 9 * * *', 'monthly', today)).to.deep.equal({ kind: 'monthly', days: [22], time: '09:30' });
  });

  it('keeps the line when it becomes a rule of its own, and begins at ten after one', () => {
    expect(changedKind('30 9 * * *', 'custom', today)).to.deep.equal({ kind: 'custom', cron: '30 9 * * *' });
    expect(changedKind('*/5 * * * *', 'daily', today)).to.deep.equal({ kind: 'daily', time: '10:00' });
  });
});

describe('isMissedSometimes', () => {
  it('is true of days that some months do not have', () => {
    expect(isMissedSometimes({ kind: 'monthly', days: [28], time: '10:00' })).to.equal(false);
    expect(isMissedSometimes({ kind: 'monthly', days: [1, 30], time: '10:00' })).to.equal(true);
  });
});

describe('following', () => {
  const at = (local: string, zone = 'Europe/Berlin'): Settings['when'] => ({
    mode: 'at',
    local,
    zone,
    overlap: 'first',
  });
  const repeat = { cron: '0 10 * * *', zone: 'Europe/Berlin' };

  it('moves a repeat that had the time of the start along with it, and its zone', () => {
    const settings = settingsOf({ when: at('2026-11-23T10:00'), repeat });
    expect(following(settings, at('2026-11-23T12:30', 'Asia/Tokyo')).repeat).to.include({
      cron: '30 12 * * *',
      zone: 'Asia/Tokyo',
    });
  });

  it('leaves a repeat at another time, and a rule of its own, alone', () => {
    for (const cron of ['0 18 * * *', '*/10 9 * * *']) {
      const settings = settingsOf({ when: at('2026-11-23T10:00'), repeat: { ...repeat, cron } });
      expect(following(settings, at('2026-11-23T12:30')).repeat?.cron).to.equal(cron);
    }
  });

  it('drops the repeat by local time, which is sent once', () => {
    const settings = settingsOf({ repeat });
    const when = { mode: 'person', local: '2026-11-23T10:00' } as Settings['when'];
    expect(following(settings, when).repeat).to.equal(null);
  });
});

describe('cronWords', () => {
  it('names days and months in the language of the reader', () => {
    expect(cronWords('0 9-17/2 1,15 jan-mar mon-fri', 'en')).to.deep.equal({
      minutes: '0',
      hours: '9–17/2',
      days: '1, 15',
      months: 'Jan–Mar',
      weekdays: 'Mon–Fri',
    });
    expect(cronWords('0 9 * * 0', 'es')).to.deep.equal({
      minutes: '0',
      hours: '9',
      days: null,
      months: null,
      weekdays: 'dom',
    });
  });

  it('is silent until all five fields are there', () => expect(cronWords('0 9 * *', 'en')).to.equal(null));
});
