import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  afterRefusal,
  allowsFallback,
  type Bots,
  FALLBACK_REASONS,
  firstWay,
  MOST_TRIED,
  type Order,
  orderOf,
  readTried,
  type Tried,
  type Way,
  writeTried,
} from '../../src/domain/fallback.ts';
import { CONNECTION_STATUSES } from '../../src/domain/subscriber.ts';

const MAIN: Order = { kind: 'main' };
const BOTS: Bots = new Map([
  [1, { variant: true }],
  [2, { variant: true }],
  [3, { variant: false }],
]);
/** At bot 4, which is disconnected, at bot 3, which has no variant, or at those that will do. */
const way = (connectionId: number, botId: number, rest: Partial<Way> = {}): Way => ({
  connectionId,
  botId,
  status: 'active',
  usedAt: 0,
  ...rest,
});
const blocked = (connectionId: number): Tried => ({ connectionId, reason: 'blocked' });

describe('the order over a person’s connections', () => {
  it('is that of the settings, and none where there is one connection or each has its own copy', () => {
    const idOf = (bot: string): number | undefined => ({ a: 1, b: 2 })[bot];
    expect(orderOf({ mode: 'main', fallback: true }, idOf)).to.deep.equal({ kind: 'main' });
    expect(orderOf({ mode: 'main', fallback: false }, idOf)).to.equal(null);
    expect(orderOf({ mode: 'bots', bots: ['b', 'gone', 'a'], each: false }, idOf)).to.deep.equal({
      kind: 'list',
      bots: [2, 1],
    });
    expect(orderOf({ mode: 'bots', bots: ['a'], each: true }, idOf)).to.equal(null);
  });

  const cases: [string, Way[], number | null][] = [
    ['the main connection', [way(10, 1), way(11, 2, { usedAt: 9 })], 10],
    [
      'the one used last where the main one is blocked',
      [way(10, 1, { status: 'blocked' }), way(11, 2), way(12, 2, { usedAt: 9 })],
      12,
    ],
    ['another where the bot of the main one is gone', [way(10, 4), way(11, 2)], 11],
    ['another where the main one has no variant', [way(10, 3), way(11, 2)], 11],
    ['the older of two that were never used', [way(10, 3), way(12, 1), way(11, 2)], 11],
    ['the main one, to be told that a variant is missing', [way(10, 3), way(11, 3, { usedAt: 9 })], 10],
    [
      'one that a variant is missing for, rather than one nobody reads',
      [way(10, 1, { status: 'blocked' }), way(11, 3)],
      11,
    ],
    [
      'the main one where none can be written to',
      [way(10, 1, { status: 'unsubscribed' }), way(11, 2, { status: 'blocked' })],
      10,
    ],
    ['none where the only bot is gone', [way(10, 4)], null],
    ['none for those without connections', [], null],
  ];
  for (const [title, all, expected] of cases)
    it(`starts with ${title}`, () =>
      expect(firstWay({ all, main: 10 }, BOTS)?.connectionId ?? null).to.equal(expected));
});

describe('after a refusal', () => {
  const all = [
    way(10, 1),
    way(11, 2, { usedAt: 5 }),
    way(12, 1, { usedAt: 9 }),
    way(13, 3),
    way(14, 2, { status: 'unsubscribed' }),
  ];
  const next = (order: Order, refused: number, ...before: number[]): number | string => {
    const onward = afterRefusal({
      order,
      ways: { all, main: 10 },
      bots: BOTS,
      tried: before.map(blocked),
      refused: { connectionId: refused, reason: 'unreachable' },
    });
    return onward.kind === 'next' ? onward.way.connectionId : onward.reason;
  };

  it('goes to the connection used most recently, then to the next, then gives the first reason', () => {
    expect(next(MAIN, 10)).to.equal(12);
    expect(next(MAIN, 12, 10)).to.equal(11);
    expect(next(MAIN, 11, 10, 12)).to.equal('blocked');
  });
  it('goes by the list, and to no bot that is not in it', () => {
    expect(next({ kind: 'list', bots: [2, 1] }, 11)).to.equal(12);
    expect(next({ kind: 'list', bots: [2] }, 11)).to.equal('unreachable');
  });
  it('goes nowhere without an order', () => expect(next(null, 10)).to.equal('unreachable'));
  it('remembers what was tried, as text and back', () => {
    const onward = afterRefusal({
      order: MAIN,
      ways: { all, main: 10 },
      bots: BOTS,
      tried: [blocked(9)],
      refused: { connectionId: 10, reason: 'window_closed' },
    });
    if (onward.kind !== 'next') throw new Error('it should have gone on');
    expect(writeTried(onward.tried)).to.equal('9:blocked,10:window_closed');
    expect(readTried('9:blocked,10:window_closed')).to.deep.equal(onward.tried);
    expect(writeTried([])).to.equal(null);
    expect(readTried(null)).to.deep.equal([]);
  });
  it('is for what a connection refuses, not a person or a platform', () => {
    for (const reason of [
      'content_refused',
      'platform_error',
      'rate_limited_too_long',
      'no_variant',
      'unsubscribed',
      null,
    ])
      expect(allowsFallback(reason), String(reason)).to.equal(false);
  });

  const someWay = fc.record({
    connectionId: fc.integer({ min: 1, max: 30 }),
    botId: fc.integer({ min: 1, max: 4 }),
    status: fc.constantFrom(...CONNECTION_STATUSES),
    usedAt: fc.integer({ min: 0, max: 3 }),
  });
  it('ends whatever refuses, having tried no connection twice and only such as can be written to', () => {
    const person = fc.uniqueArray(someWay, { selector: (one) => one.connectionId, minLength: 1, maxLength: 12 });
    const order = fc.constantFrom<Order>(MAIN, { kind: 'list', bots: [2, 1, 4] }, { kind: 'list', bots: [] }, null);
    fc.assert(
      fc.property(
        person,
        order,
        fc.array(fc.constantFrom(...FALLBACK_REASONS), { minLength: 20, maxLength: 20 }),
        (some, by, reasons) => {
          const ways = { all: some, main: some[0]!.connectionId };
          let tried: Tried[] = [];
          let at = ways.main;
          for (const reason of reasons) {
            const onward = afterRefusal({ order: by, ways, bots: BOTS, tried, refused: { connectionId: at, reason } });
            if (onward.kind === 'end') {
              expect(onward.reason).to.equal(reasons[0]);
              expect(writeTried(tried)?.length ?? 0).to.be.at.most(255);
              return;
            }
            ({ tried } = onward);
            at = onward.way.connectionId;
            expect(onward.way.status).to.equal('active');
            expect(BOTS.get(onward.way.botId)?.variant).to.equal(true);
            expect(tried.map(({ connectionId }) => connectionId)).to.not.include(at);
            expect(tried.length).to.be.at.most(MOST_TRIED);
          }
          throw new Error('it never ended');
        },
      ),
    );
  });
});
