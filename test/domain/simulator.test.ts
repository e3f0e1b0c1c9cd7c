import { expect } from 'chai';
import fc from 'fast-check';
import { countOf, NOBODY, simulatorOrigins, spreadPeople } from '../../src/domain/simulator.ts';

const CHANNELS = ['a', 'b', 'c', 'd', 'e'];

describe('spreading simulated people over messengers', () => {
  it('puts those who are on two before the others, each messenger sharing with the next one', () => {
    const { people, newcomers, shared } = spreadPeople(NOBODY, { channels: ['a', 'b', 'c'], people: 30, overlap: 6 });
    expect(shared).to.deep.equal([
      { channels: ['a', 'b'], range: { first: 0, count: 2 } },
      { channels: ['b', 'c'], range: { first: 2, count: 2 } },
      { channels: ['c', 'a'], range: { first: 4, count: 2 } },
    ]);
    expect(newcomers).to.deep.equal({
      a: [
        { first: 0, count: 2 },
        { first: 4, count: 10 },
      ],
      b: [
        { first: 0, count: 4 },
        { first: 14, count: 8 },
      ],
      c: [
        { first: 2, count: 4 },
        { first: 22, count: 8 },
      ],
    });
    expect(people).to.deep.equal({ next: 30, shared: 6, ranges: newcomers });
  });

  it('shares nobody where there is one messenger', () => {
    const { newcomers, shared } = spreadPeople(NOBODY, { channels: ['a'], people: 5, overlap: 3 });
    expect(shared).to.deep.equal([]);
    expect(newcomers).to.deep.equal({ a: [{ first: 0, count: 5 }] });
  });

  it('adds later people behind those who are there, also on a messenger that comes later', () => {
    const first = spreadPeople(NOBODY, { channels: ['a'], people: 10, overlap: 0 }).people;
    const { people, newcomers } = spreadPeople(first, { channels: ['a', 'b'], people: 4, overlap: 0 });
    expect(newcomers).to.deep.equal({ a: [{ first: 10, count: 2 }], b: [{ first: 12, count: 2 }] });
    expect(people.ranges).to.deep.equal({ a: [{ first: 0, count: 12 }], b: [{ first: 12, count: 2 }] });
  });

  it('loses nobody and counts twice exactly those who are on two', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 0, max: 6000 }),
        (size, people, overlap) => {
          const spread = spreadPeople(NOBODY, { channels: CHANNELS.slice(0, size), people, overlap });
          const connections = Object.values(spread.newcomers).reduce((sum, ranges) => sum + countOf(ranges), 0);
          expect(spread.people.next).to.equal(people);
          expect(connections).to.equal(people + Math.min(people, overlap));
        },
      ),
    );
  });
});

describe('the simulators that may be trusted', () => {
  it('are those of simulated bots on this machine, and no other private address', () => {
    const origins = simulatorOrigins([
      { settings: { simulated: true, apiRoot: 'http://127.0.0.1:4001/v1' } },
      { settings: { simulated: true, apiRoot: 'smtp://127.0.0.1:2525' } },
      { settings: { simulated: true, apiRoot: 'http://10.0.0.7:4001' } },
      { settings: { simulated: true } },
      { settings: { apiRoot: 'http://127.0.0.1:6379' } },
      { settings: { simulated: false, apiRoot: 'http://127.0.0.1:6380' } },
    ]);
    expect([...origins]).to.deep.equal(['http://127.0.0.1:4001', 'smtp://127.0.0.1:2525']);
  });
});
