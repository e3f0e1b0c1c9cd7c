import { expect } from 'chai';
import type { Outcome } from '../../src/domain/channel.ts';
import { createReach, FAILURES_TO_WAIT } from '../../src/outbound/reach.ts';

const FAILED: Outcome = { status: 'failed', detail: 'away' };
const SILENT: Outcome = { status: 'unknown', detail: 'no answer' };

describe('createReach', () => {
  const away = (at = 0) => {
    const reach = createReach();
    for (let count = 1; count < FAILURES_TO_WAIT; count += 1)
      expect(reach.judge(FAILED, at)).to.deep.equal({ outcome: FAILED, closedUntil: null });
    return { reach, last: reach.judge(FAILED, at) };
  };

  it('takes many failures in a row for a platform that is away, and counts no try from then on', () => {
    const { reach, last } = away(1000);
    expect(last.outcome).to.deep.equal({ status: 'throttled', scope: 'bot', retryAt: 3000 });
    expect(reach.isAway()).to.equal(true);
  });

  it('looks again after growing pauses, a minute at most', () => {
    const { reach, last } = away();
    const pauses = [last.closedUntil];
    for (let at = last.closedUntil ?? 0, count = 0; count < 6; count += 1) {
      expect(reach.judge(FAILED, at - 1).closedUntil, 'one still in the air').to.equal(at);
      const next = reach.judge(FAILED, at).closedUntil ?? 0;
      pauses.push(next - at);
      at = next;
    }
    expect(pauses).to.deep.equal([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('leaves unknown what was never answered, but waits all the same', () => {
    const { reach } = away();
    expect(reach.judge(SILENT, 5000)).to.deep.equal({ outcome: SILENT, closedUntil: 9000 });
  });

  it('begins anew at any answer, also a refusal', () => {
    const { reach } = away();
    reach.judge({ status: 'refused', reason: 'blocked', detail: '' }, 2000);
    expect(reach.isAway()).to.equal(false);
    expect(reach.judge(FAILED, 2000)).to.deep.equal({ outcome: FAILED, closedUntil: null });
  });
});
