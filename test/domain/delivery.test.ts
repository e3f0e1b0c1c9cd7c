import { expect } from 'chai';
import fc from 'fast-check';
import type { Outcome } from '../../src/domain/channel.ts';
import {
  type DeliveryState,
  FIGURE_OF,
  LONGEST_WAIT_MS,
  MAX_ATTEMPTS,
  retryDelay,
  settle,
  type Tried,
} from '../../src/domain/delivery.ts';

const NOW = 1_000_000;
const HALF = 0.5;

const tried = (delivery: Partial<Tried> = {}): Tried => ({
  attempts: 0,
  parts: 0,
  payloads: 1,
  idempotent: false,
  ...delivery,
});

describe('settle', () => {
  const cases: [string, Partial<Tried>, Outcome, Record<string, unknown>][] = [
    [
      'an accepted message is sent',
      {},
      { status: 'accepted', messageId: 'm1' },
      { state: 'sent', attempts: 1, parts: 1, messageId: 'm1' },
    ],
    [
      'the first of two payloads leaves it planned, at once',
      { payloads: 2 },
      { status: 'accepted', messageId: 'm1' },
      { state: 'planned', attempts: 0, parts: 1, dueAt: null },
    ],
    [
      'the second of two payloads sends it',
      { payloads: 2, parts: 1 },
      { status: 'accepted', messageId: 'm2' },
      { state: 'sent', parts: 2 },
    ],
    [
      'blocked is for good and changes the connection',
      {},
      { status: 'refused', reason: 'blocked', detail: '' },
      { state: 'failed', reason: 'blocked', connection: 'blocked' },
    ],
    [
      'unreachable is for good and changes the connection',
      {},
      { status: 'refused', reason: 'unreachable', detail: '' },
      { state: 'failed', connection: 'unreachable' },
    ],
    [
      'refused content leaves the connection alone',
      {},
      { status: 'refused', reason: 'content_refused', detail: 'too long' },
      { state: 'failed', connection: null, detail: 'too long' },
    ],
    [
      'a channel may say what the connection becomes',
      {},
      { status: 'refused', reason: 'platform_error', detail: '', connection: 'unsubscribed' },
      { connection: 'unsubscribed' },
    ],
    [
      'a throttled bot waits, and the try is not counted',
      { attempts: 2 },
      { status: 'throttled', scope: 'bot', retryAt: NOW + 5 },
      { state: 'planned', attempts: 2, botClosedUntil: { until: NOW + 5 } },
    ],
    [
      'a throttled chat waits alone',
      { attempts: 2 },
      { status: 'throttled', scope: 'chat', retryAt: NOW + 5 },
      { state: 'planned', attempts: 2, dueAt: NOW + 5, botClosedUntil: null },
    ],
    [
      'a chat throttled for too long has failed',
      {},
      { status: 'throttled', scope: 'chat', retryAt: NOW + LONGEST_WAIT_MS + 1 },
      { state: 'failed', reason: 'rate_limited_too_long' },
    ],
    [
      'a failed try is repeated after 2 s',
      {},
      { status: 'failed', detail: '502' },
      { state: 'planned', attempts: 1, dueAt: NOW + 2000, detail: '502' },
    ],
    [
      'the last failed try ends it',
      { attempts: MAX_ATTEMPTS - 1 },
      { status: 'failed', detail: '502' },
      { state: 'failed', reason: 'platform_error', attempts: MAX_ATTEMPTS },
    ],
    [
      'a refused bot keeps the delivery planned and uncounted',
      {},
      { status: 'bot_refused', detail: '401' },
      { state: 'planned', attempts: 0, botClosedUntil: { until: null } },
    ],
    ['no answer is unconfirmed', {}, { status: 'unknown', detail: 'time-out' }, { state: 'unconfirmed', attempts: 1 }],
    [
      'no answer is repeated where the platform drops repeats',
      { idempotent: true },
      { status: 'unknown', detail: 'time-out' },
      { state: 'planned', dueAt: NOW + 2000 },
    ],
    [
      'the last failed try leaves unconfirmed what may have arrived before',
      { attempts: MAX_ATTEMPTS - 1, idempotent: true, inDoubt: true },
      { status: 'failed', detail: '502' },
      { state: 'unconfirmed', reason: null, attempts: MAX_ATTEMPTS, detail: '502' },
    ],
  ];
  for (const [title, delivery, outcome, expected] of cases) {
    it(title, () => expect(settle(tried(delivery), outcome, NOW, HALF)).to.deep.include(expected));
  }

  const outcomes = fc.oneof<fc.Arbitrary<Outcome>[]>(
    fc.record({ status: fc.constant('accepted' as const), messageId: fc.option(fc.string(), { nil: null }) }),
    fc.record({
      status: fc.constant('refused' as const),
      reason: fc.constantFrom('blocked' as const, 'content_refused' as const),
      detail: fc.string(),
    }),
    fc.record({
      status: fc.constant('throttled' as const),
      scope: fc.constantFrom('bot' as const, 'chat' as const),
      retryAt: fc.nat(2 * LONGEST_WAIT_MS),
    }),
    fc.record({
      status: fc.constantFrom('failed' as const, 'bot_refused' as const, 'unknown' as const),
      detail: fc.string({ maxLength: 1000 }),
    }),
  );

  it('never goes back in tries and parts, and ends after a bounded number of counted tries', () => {
    fc.assert(
      fc.property(
        fc.array(outcomes, { maxLength: 60 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (sequence, idempotent, payloads) => {
          let delivery = tried({ idempotent, payloads });
          for (const outcome of sequence) {
            const next = settle(delivery, outcome, NOW, HALF);
            expect(next.attempts)
              .to.be.within(delivery.attempts, delivery.attempts + 1)
              .and.at.most(MAX_ATTEMPTS);
            expect(next.parts).to.be.within(delivery.parts, payloads);
            expect(next.detail?.length ?? 0).to.be.at.most(300);
            if (next.state === 'sent') expect(next.parts).to.equal(payloads);
            if (next.state !== 'planned') return;
            delivery = { ...delivery, attempts: next.attempts, parts: next.parts };
          }
        },
      ),
    );
  });

  it('keeps planned = the sum of its parts after any sequence of outcomes for any people', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.tuple(fc.nat(11), outcomes), { maxLength: 80 }),
        (people, sequence) => {
          const rows = Array.from({ length: people }, () => ({ state: 'planned' as DeliveryState, delivery: tried() }));
          const figures = { sent: 0, failed: 0, skipped: 0, cancelled: 0, unconfirmed: 0 };
          for (const [index, outcome] of sequence) {
            const row = rows[index % people];
            if (row?.state !== 'planned') continue;
            const next = settle(row.delivery, outcome, NOW, HALF);
            row.state = next.state;
            row.delivery = { ...row.delivery, attempts: next.attempts, parts: next.parts };
            const figure = FIGURE_OF[next.state];
            if (figure) figures[figure] += 1;
            const remaining = rows.filter(({ state }) => FIGURE_OF[state] === null).length;
            expect(Object.values(figures).reduce((sum, value) => sum + value, remaining)).to.equal(people);
          }
        },
      ),
    );
  });
});

describe('retryDelay', () => {
  it('grows fourfold from 2 s', () => {
    expect([1, 2, 3, 4, 5].map((attempts) => retryDelay(attempts, HALF))).to.deep.equal([
      2000, 8000, 32_000, 128_000, 512_000,
    ]);
  });
  it('spreads by a quarter to both sides', () => {
    expect([retryDelay(1, 0), retryDelay(1, 1)]).to.deep.equal([1500, 2500]);
  });
});
