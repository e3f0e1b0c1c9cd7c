import { expect } from 'chai';
import { readTime, scheduleInstant } from '../../src/domain/schedule.ts';
import { Problem } from '../../src/domain/problem.ts';

describe('scheduleInstant', () => {
  const cases: [string, string, string, string, string][] = [
    ['a winter time', '2026-11-22T18:00', 'Europe/Kyiv', '2026-11-22T16:00:00.000Z', 'exact'],
    ['a summer time', '2026-07-01T18:00', 'Europe/Kyiv', '2026-07-01T15:00:00.000Z', 'exact'],
    ['with seconds', '2026-07-01T18:00:30', 'UTC', '2026-07-01T18:00:30.000Z', 'exact'],
    ['a time the clocks skip', '2026-03-29T03:30', 'Europe/Kyiv', '2026-03-29T01:30:00.000Z', 'gap'],
    ['a time the clocks show twice', '2026-10-25T03:30', 'Europe/Kyiv', '2026-10-25T00:30:00.000Z', 'overlap'],
  ];
  for (const [title, local, zone, at, kind] of cases) {
    it(`${title} is ${kind}`, () => {
      const instant = scheduleInstant(local, zone);
      expect([new Date(instant.at).toISOString(), instant.kind]).to.deep.equal([at, kind]);
    });
  }
  it('names an unknown zone and a date that does not exist', () => {
    expect(() => scheduleInstant('2026-11-22T18:00', 'Mars/Base')).to.throw(Problem, 'time_zone_unknown');
    expect(() => scheduleInstant('2026-02-30T18:00', 'UTC')).to.throw(Problem, 'time_invalid');
  });
});

describe('readTime', () => {
  const read = (text: string): { local: string; zone: string } => readTime(text, { zone: 'Europe/Kyiv', path: '--at' });

  it('takes the zone that stands behind it, an offset, or the one it is given', () => {
    expect(read('2026-12-24T09:00')).to.deep.equal({ local: '2026-12-24T09:00', zone: 'Europe/Kyiv' });
    expect(read('2026-12-24T09:00 America/Lima')).to.deep.equal({ local: '2026-12-24T09:00', zone: 'America/Lima' });
    expect(read('2026-12-24T01:00:30+02:00')).to.deep.equal({ local: '2026-12-23T23:00:30', zone: 'UTC' });
    expect(read('2026-12-24T09:00Z')).to.deep.equal({ local: '2026-12-24T09:00:00', zone: 'UTC' });
  });

  it('names the field and what is wrong with it', () => {
    const cases = [
      ['tomorrow', 'time_unreadable'],
      ['2026-12-24 09:00', 'time_unreadable'],
      ['2026-02-30T09:00', 'time_invalid'],
      ['2026-02-30T09:00+01:00', 'time_invalid'],
      ['2026-12-24T09:00 Mars/Base', 'time_zone_unknown'],
    ] as const;
    for (const [text, code] of cases)
      expect(() => read(text), text)
        .to.throw(Problem, code)
        .with.deep.nested.property('fields[0].path', '--at');
  });
});
