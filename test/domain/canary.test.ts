import { expect } from 'chai';
import {
  type CanaryFacts,
  type CanaryFigures,
  canaryPause,
  type CanaryStep,
  canaryWait,
  judgeCanary,
  NO_FIGURES,
  stepCanary,
} from '../../src/domain/canary.ts';
import type { Canary } from '../../src/domain/mailing-settings.ts';

const LIMITS: Canary = { people: 100, minutes: 10, failed: 5, blocked: 3, unsubscribed: 2 };
const NOW = 1_000_000;
const figures = (given: Partial<CanaryFigures>): CanaryFigures => ({ ...NO_FIGURES, people: 100, ...given });

describe('judgeCanary', () => {
  const CASES: [string, Partial<CanaryFigures>, { threshold: string; share: number; tried: number } | null][] = [
    ['nobody tried', { skipped: 100 }, null],
    ['all well', { sent: 100 }, null],
    ['exactly at the limit', { sent: 95, failed: 5 }, null],
    ['one more than the limit', { sent: 94, failed: 6 }, { threshold: 'failed', share: 6, tried: 100 }],
    ['refused because of blocks', { sent: 96, blocked: 4, refused: 4 }, { threshold: 'blocked', share: 4, tried: 100 }],
    ['blocked after the message', { sent: 100, blocked: 4 }, { threshold: 'blocked', share: 4, tried: 100 }],
    ['unsubscribed', { sent: 100, unsubscribed: 3 }, { threshold: 'unsubscribed', share: 3, tried: 100 }],
    ['the skipped do not count', { sent: 50, failed: 3, skipped: 47 }, { threshold: 'failed', share: 5.7, tried: 53 }],
    ['some unconfirmed say neither yes nor no', { sent: 60, unconfirmed: 40 }, null],
    ['nothing but unconfirmed', { unconfirmed: 100 }, { threshold: 'failed', share: 100, tried: 100 }],
  ];
  for (const [title, given, expected] of CASES) {
    it(`${expected === null ? 'lets go' : 'stops'}: ${title}`, () => {
      const verdict = judgeCanary(figures(given), LIMITS);
      if (expected === null) expect(verdict).to.equal(null);
      else expect(verdict).to.include(expected);
    });
  }

  it('stops nothing at a limit of 100 percent, and everything at the first case where it is 0', () => {
    expect(judgeCanary(figures({ failed: 100 }), { ...LIMITS, failed: 100 })).to.equal(null);
    expect(judgeCanary(figures({ sent: 99, failed: 1 }), { ...LIMITS, failed: 0 })).to.include({ count: 1, limit: 0 });
  });
});

describe('stepCanary', () => {
  const facts = (given: Partial<CanaryFacts>): CanaryFacts => ({
    state: 'running',
    until: null,
    firstDone: true,
    hasRest: true,
    figures: figures({ sent: 100 }),
    limits: LIMITS,
    now: NOW,
    ...given,
  });
  const CASES: [string, Partial<CanaryFacts>, CanaryStep['kind']][] = [
    ['waits while the first are on their way', { firstDone: false }, 'wait'],
    ['watches once they are done', {}, 'watch'],
    ['does not watch where no wait is set', { limits: { ...LIMITS, minutes: 0 } }, 'pass'],
    ['is plain where there is nobody else', { hasRest: false }, 'plain'],
    ['is plain even where the first did badly', { hasRest: false, figures: figures({ failed: 100 }) }, 'plain'],
    ['goes on watching', { state: 'watching', until: NOW + 1 }, 'wait'],
    ['lets the rest go in time', { state: 'watching', until: NOW }, 'pass'],
    [
      'stops as soon as nothing can mend it',
      { firstDone: false, figures: figures({ failed: 6, remaining: 94 }) },
      'fail',
    ],
    [
      'waits while it can still be mended',
      { firstDone: false, figures: figures({ failed: 5, remaining: 95 }) },
      'wait',
    ],
    [
      'stops before the wait is over',
      { state: 'watching', until: NOW + 1, figures: figures({ sent: 100, unsubscribed: 3 }) },
      'fail',
    ],
    ['has nothing to say once it has passed', { state: 'passed', figures: figures({ failed: 100 }) }, 'wait'],
    ['nor once a person overruled it', { state: 'overruled', figures: figures({ failed: 100 }) }, 'wait'],
  ];
  for (const [title, given, kind] of CASES) {
    it(title, () => {
      expect(stepCanary(facts(given)).kind).to.equal(kind);
    });
  }

  it('watches for as long as it is set', () => {
    expect(stepCanary(facts({}))).to.deep.equal({ kind: 'watch', until: NOW + 600_000 });
  });
});

describe('what a canary start adds to the time', () => {
  it('is its wait, where there is anybody to wait', () => {
    expect(canaryPause(LIMITS, 101)).to.equal(600);
    expect(canaryPause(LIMITS, 100)).to.equal(0);
    expect(canaryPause(null, 101)).to.equal(0);
  });

  it('is what is left of it while the mailing is sent', () => {
    const given = { limits: LIMITS, people: 101, now: NOW, until: NOW + 5000 };
    expect(canaryWait({ ...given, state: 'running' })).to.equal(600_000);
    expect(canaryWait({ ...given, state: 'watching' })).to.equal(5000);
    expect(canaryWait({ ...given, state: 'passed' })).to.equal(0);
    expect(canaryWait({ ...given, state: null })).to.equal(0);
  });
});
