// What becomes of a message: one outcome per envelope, each of a known shape and told without a secret.
import { expect } from 'chai';
import * as z from 'zod';
import { type Envelope, type Outcome, REFUSAL_REASONS } from '../../src/domain/channel.ts';
import { CONNECTION_STATUSES } from '../../src/domain/subscriber.ts';
import type { ConformanceFixtures, CreateChannel } from './fixtures.ts';
import { hideNone } from './secrets.ts';

const detail = z.string().min(1).max(500);
/** Milliseconds: a platform's seconds would lie in 1970. */
const instant = z.number().min(1e12);

const outcomeSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('accepted'), messageId: z.string().min(1).nullable() }),
  z.strictObject({
    status: z.literal('refused'),
    reason: z.enum(REFUSAL_REASONS),
    detail,
    connection: z.enum(CONNECTION_STATUSES).optional(),
    address: z.string().min(1).optional(),
  }),
  z.strictObject({ status: z.literal('throttled'), scope: z.enum(['bot', 'host', 'chat']), retryAt: instant }),
  z.strictObject({ status: z.literal('failed'), detail }),
  z.strictObject({ status: z.literal('bot_refused'), detail }),
  z.strictObject({ status: z.literal('unknown'), detail }),
]);

export function declareOutcomes(create: CreateChannel, fixtures: ConformanceFixtures): void {
  const { secrets, outcomes, batches = [], bot } = fixtures;
  const look = (given: readonly Outcome[], expected: readonly Partial<Outcome>[]): void => {
    expect(given.map(({ status }) => status)).to.deep.equal(expected.map(({ status }) => status));
    for (const [index, outcome] of given.entries()) {
      expect(outcome).to.include(expected[index]);
      expect(outcomeSchema.safeParse(outcome).error, JSON.stringify(outcome)).to.equal(undefined);
    }
    hideNone(given, secrets);
  };

  it('shows both ends: what went out, and what was never answered', () => {
    expect(outcomes.map(({ expected }) => expected.status)).to.include.members(['accepted', 'unknown']);
  });
  for (const { title, expected, deliver } of outcomes) {
    it(`answers "${expected.status}" for ${title}, and tells no secret`, async () =>
      look(await deliver(create()), [expected]));
  }

  it('shows what becomes of several at once, where it has a batch endpoint', () => {
    const { size } = create().capabilities.batch;
    expect(batches.length > 0, 'batches').to.equal(size > 1);
    for (const { expected } of batches) expect(expected.length).to.be.within(2, size);
  });
  for (const { title, expected, deliver } of batches) {
    it(`answers for each receiver: ${title}`, async () => look(await deliver(create()), expected));
  }

  it('answers nothing for nothing', async () => {
    const none: Envelope[] = [];
    expect(await create().deliver(none, bot)).to.deep.equal([]);
  });
}
