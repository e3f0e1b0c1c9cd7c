import { expect } from 'chai';
import type { Outcome } from '../../src/domain/channel.ts';
import { createReach, FAILURES_TO_WAIT, judge } from '../../src/outbound/reach.ts';

const FAILED: Outcome = { status: 'failed', detail: 'away' };
const SILENT: Outcome = { status: 'unknown', detail: 'no answer' };

describe('createReach', () => {
  const away = (at = 0) => {
    const reach = createReach();
    for (let count = 1; count < FAILURES_TO_WAIT; count += 1) expect(reach.hear([FAILED], at)).to.equal(null);
    return { reach, until: reach.hear([FAILED], at) };
  };

  it('takes many failures in a row for a platform that is away, and counts no try from then on', () => {
    const { reach, until } = away(1000);
    expect(until).to.equal(3000);
    expect(judge(FAILED, until)).to.deep.equal({ status: 'throttled', scope: 'bot', retryAt: 3000 });
    expect(judge(FAILED, null)).to.equal(FAILED);
    expect(reach.isAway()).to.equal(true);
  });

  it('looks again after growing pauses, a minute at most', () => {
    const { reach, until } = away();
    const pauses = [until];
    for (let at = until ?? 0, count = 0; count < 6; count += 1) {
      expect(reach.hear([FAILED], at - 1), 'one still in the air').to.equal(at);
      const next = reach.hear([FAILED], at) ?? 0;
      pauses.push(next - at);
      at = next;
    }
    expect(pauses).to.deep.equal([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('leaves unknown what was never answered, but waits all the same', () => {
    const { reach } = away();
    expect(reach.hear([SILENT], 5000)).to.equal(9000);
    expect(judge(SILENT, 9000)).to.equal(SILENT);
  });

  it('begins anew at any answer, also a refusal', () => {
    const { reach } = away();
    expect(reach.hear([{ status: 'refused', reason: 'blocked', detail: '' }], 2000)).to.equal(null);
    expect(reach.isAway()).to.equal(false);
    expect(reach.hear([FAILED], 2000)).to.equal(null);
  });

  it('takes a call to many for one try, and one answer in it for an answer', () => {
    const reach = createReach();
    const many: Outcome[] = Array.from({ length: 300 }, () => FAILED);
    expect(reach.hear(many, 0)).to.equal(null);
    const { reach: other } = away();
    expect(other.hear([...many, { status: 'accepted', messageId: null }], 0)).to.equal(null);
    expect(other.isAway()).to.equal(false);
  });
});
