import { expect } from 'chai';
import { scheduleInstant } from '../../src/domain/schedule.ts';
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
