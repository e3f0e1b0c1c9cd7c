import { expect } from 'chai';
import fc from 'fast-check';
import { firstTurn, type PersonWhen, turnOf } from '../../src/domain/local-time.ts';
import { instantOf, wallClockAt } from '../../src/domain/schedule.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const iso = (at: number): string => new Date(at).toISOString();
const wallOf = (local: string): number => Date.parse(`${local}:00Z`);

const person = (change: Partial<PersonWhen> = {}): PersonWhen => ({
  mode: 'person',
  local: '2026-11-22T18:00',
  overlap: 'first',
  passed: 'now',
  zoneless: 'workspace',
  ...change,
});

/** The instants around a change at which a zone's clocks show a time, found by looking at them every quarter of an hour. */
function showings(wall: number, zone: string, change: number): number[] {
  const quarters = Array.from({ length: 33 }, (_, index) => change + (index - 16) * 15 * MINUTE);
  return quarters.filter((at) => wallClockAt(at, zone) === wall);
}

/** The instants in these years at which the zone's clocks are moved, to the quarter of an hour. */
function changesOf(zone: string, from: number, to: number): number[] {
  const offset = (at: number): number => wallClockAt(at, zone) - at;
  const found: number[] = [];
  const step = 7 * 24 * HOUR;
  for (let week = Date.UTC(from, 0, 1); week < Date.UTC(to, 0, 1); week += step) {
    let [before, after] = [week, week + step];
    if (offset(before) === offset(after)) continue;
    while (after - before > 15 * MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / (15 * MINUTE)) * 15 * MINUTE;
      if (offset(middle) === offset(week)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
}

describe('local time in every zone', () => {
  it('is an instant at which the clocks there show it, on any day of twelve years', () => {
    const minutes = fc.integer({ min: Date.UTC(2020, 0, 1) / MINUTE / 15, max: Date.UTC(2032, 0, 1) / MINUTE / 15 });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), minutes, fc.constantFrom('first', 'second'), (zone, quarter, overlap) => {
        const wall = quarter * 15 * MINUTE;
        const { at, kind } = instantOf(wall, zone, overlap);
        if (kind !== 'gap') expect(wallClockAt(at, zone)).to.equal(wall);
        // A skipped time is taken as much later as the clocks were moved.
        else expect(wallClockAt(at, zone)).to.be.greaterThan(wall);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps to what the clocks do around every change of three years', function () {
    this.timeout(20_000);
    const kinds = new Set<string>();
    for (const zone of ZONES) {
      for (const change of changesOf(zone, 2025, 2028)) {
        for (const minutes of [-75, -30, -15, 0, 15, 30, 60]) {
          const wall = wallClockAt(change, zone) + minutes * MINUTE;
          const shown = showings(wall, zone, change);
          const first = instantOf(wall, zone, 'first');
          const second = instantOf(wall, zone, 'second');
          kinds.add(first.kind);
          const where = `${zone} ${iso(wall)}`;
          expect(first.kind, where).to.equal(['gap', 'exact', 'overlap'][shown.length]);
          if (shown.length > 0) {
            expect([iso(first.at), iso(second.at)], where).to.deep.equal([iso(shown[0]!), iso(shown.at(-1)!)]);
          } else {
            const skipped = wallClockAt(change, zone) - wallClockAt(change - 1, zone) - 1;
            expect(wallClockAt(first.at, zone), where).to.equal(wall + skipped);
          }
        }
      }
    }
    expect([...kinds]).to.have.members(['gap', 'exact', 'overlap']);
  });

  it('knows the zone that lost a whole day', () => {
    expect(instantOf(wallOf('2011-12-30T12:00'), 'Pacific/Apia')).to.deep.equal({
      at: Date.parse('2011-12-30T22:00:00Z'),
      kind: 'gap',
    });
  });
});

describe('turnOf', () => {
  const facts = (when: PersonWhen, start: string) => ({ when, workspaceZone: 'Europe/Kyiv', start: Date.parse(start) });
  const at = (turn: ReturnType<typeof turnOf>): string => ('at' in turn ? iso(turn.at) : turn.skip);

  it('is the hour of each zone', () => {
    const early = facts(person(), '2026-11-22T00:00:00Z');
    expect(at(turnOf(early, 'Asia/Tokyo'))).to.equal('2026-11-22T09:00:00.000Z');
    expect(at(turnOf(early, 'America/New_York'))).to.equal('2026-11-22T23:00:00.000Z');
  });

  for (const [passed, expected] of [
    ['now', '2026-11-22T10:00:00.000Z'],
    ['next_day', '2026-11-23T09:00:00.000Z'],
    ['skip', 'hour_passed'],
  ] as const) {
    it(`treats those whose hour has passed by the rule ${passed}`, () => {
      const late = facts(person({ passed }), '2026-11-22T10:00:00Z');
      expect(at(turnOf(late, 'Asia/Tokyo'))).to.equal(expected);
      expect(at(turnOf(late, 'Europe/Kyiv')), 'whose hour is to come').to.equal('2026-11-22T16:00:00.000Z');
    });
  }

  it('takes the same hour of the first day on which it has not passed, however many lie behind', () => {
    const weeksLate = facts(person({ passed: 'next_day' }), '2026-12-24T10:00:00Z');
    expect(at(turnOf(weeksLate, 'Asia/Tokyo'))).to.equal('2026-12-25T09:00:00.000Z');
    expect(at(turnOf(weeksLate, 'America/New_York'))).to.equal('2026-12-24T23:00:00.000Z');
  });

  for (const zone of [null, '', 'Mars/Base', 'Kyiv']) {
    it(`goes by the workspace's clock for ${zone === null ? 'no zone' : `the zone “${zone}”`}, or not at all`, () => {
      expect(turnOf(facts(person(), '2026-11-22T00:00:00Z'), zone)).to.deep.equal({
        at: Date.parse('2026-11-22T16:00:00Z'),
        passed: false,
        zoneKnown: false,
      });
      expect(turnOf(facts(person({ zoneless: 'skip' }), '2026-11-22T00:00:00Z'), zone)).to.deep.equal({
        skip: 'zone_unknown',
      });
    });
  }
});

describe('firstTurn', () => {
  const zones = ['Asia/Tokyo', 'Europe/Kyiv'];
  const first = (when: PersonWhen, earliest: string, among: (string | null)[] = zones): string | null => {
    const at = firstTurn(when, { zones: among, workspaceZone: 'UTC', earliest: Date.parse(earliest) });
    return at === null ? null : iso(at);
  };

  it('is the hour of the zone where the sun rises first', () => {
    expect(first(person(), '2026-11-22T00:00:00Z')).to.equal('2026-11-22T09:00:00.000Z');
  });
  it('is at once where somebody is to have it at once', () => {
    expect(first(person({ passed: 'now' }), '2026-11-22T12:00:00Z')).to.equal('2026-11-22T12:00:00.000Z');
  });
  it('is the next zone where those who missed it wait or go without', () => {
    for (const passed of ['skip', 'next_day'] as const)
      expect(first(person({ passed }), '2026-11-22T12:00:00Z')).to.equal('2026-11-22T16:00:00.000Z');
  });
  it('is none where everybody goes without', () => {
    expect(first(person({ passed: 'skip' }), '2026-12-01T00:00:00Z')).to.equal(null);
    expect(first(person({ zoneless: 'skip' }), '2026-11-01T00:00:00Z', [null])).to.equal(null);
  });
});
