import { expect } from 'chai';
import { hostOf, ratesOf } from '../../channels/email/hosts.ts';
import { createPatience } from '../../channels/email/patience.ts';
import type { Outcome } from '../../src/domain/channel.ts';

const MINUTE = 60_000;

describe('email hosts', () => {
  it('are the companies behind the domains, as far as their names tell', () => {
    const hosts: [string, string][] = [
      ['anna@GMAIL.com', 'gmail.com'],
      ['anna@googlemail.com', 'gmail.com'],
      ['anna@hotmail.co.uk', 'outlook.com'],
      ['anna@live.fr', 'outlook.com'],
      ['anna@yahoo.com.vn', 'yahoo.com'],
      ['anna@yahoo.co.jp', 'yahoo.co.jp'],
      ['anna@me.com', 'icloud.com'],
      ['anna@hotmail.example.com', 'hotmail.example.com'],
      ['anna@notgmail.com', 'notgmail.com'],
    ];
    for (const [address, host] of hosts) expect(hostOf(address), address).to.equal(host);
  });

  it('get ten letters a second, or what the form says', () => {
    const rates = (hostRate: string, ...of: string[]): number[] => of.map(ratesOf({ credentials: { hostRate } }));
    expect(rates('', 'gmail.com', 'shop.example')).to.deep.equal([10, 10]);
    expect(rates('20 googlemail.com=50, yahoo.com=5', 'gmail.com', 'yahoo.com', 'a.example')).to.deep.equal([
      50, 5, 20,
    ]);
    expect(rates('gmail.com=50', 'gmail.com', 'a.example')).to.deep.equal([50, 10]);
  });
});

describe('email patience', () => {
  const start = 1_000_000_000;
  let now: number;
  let patience: ReturnType<typeof createPatience>;
  beforeEach(() => {
    now = start;
    patience = createPatience();
  });
  const about = { host: '1 gmail.com', detail: '4.7.0 slow down' };
  const hear = (outcome: Outcome, person = '1 anna@gmail.com'): Outcome =>
    patience.hear(outcome, { ...about, person, now });
  const notNow = (scope: 'host' | 'chat', person?: string): Outcome =>
    hear({ status: 'throttled', scope, retryAt: now + MINUTE }, person);
  const pauseOf = (outcome: Outcome): number =>
    outcome.status === 'throttled' ? (outcome.retryAt - now) / MINUTE : Number.NaN;

  it('grows with each pause, tells those that were on their way the same, and ends after an hour', () => {
    const pauses: number[] = [];
    for (;;) {
      const outcome = notNow('host');
      if (outcome.status !== 'throttled') {
        expect(outcome).to.deep.equal({ status: 'refused', reason: 'rate_limited_too_long', detail: about.detail });
        break;
      }
      pauses.push(pauseOf(outcome));
      now += 1000;
      expect(notNow('host', '1 ben@gmail.com')).to.deep.equal(outcome);
      now = outcome.retryAt;
    }
    expect(pauses).to.deep.equal([1, 2, 4, 8, 16, 30]);
  });

  it('begins anew when the host takes something, or refuses it for good', () => {
    const answers: Outcome[] = [
      { status: 'accepted', messageId: null },
      { status: 'refused', reason: 'unreachable', detail: '' },
    ];
    for (const answer of answers) {
      notNow('host');
      now += MINUTE;
      expect(pauseOf(notNow('host'))).to.equal(2);
      now += 2 * MINUTE;
      hear(answer);
      expect(pauseOf(notNow('host'))).to.equal(1);
      now += MINUTE;
      hear(answer);
    }
  });

  it('is each person’s own where only their mailbox is meant', () => {
    notNow('chat');
    now += MINUTE;
    expect(pauseOf(notNow('chat'))).to.equal(2);
    expect(pauseOf(notNow('chat', '1 ben@gmail.com'))).to.equal(1);
    expect(pauseOf(notNow('host'))).to.equal(1);
  });

  it('forgets what was said long ago', () => {
    notNow('host');
    now += 24 * 60 * MINUTE;
    expect(pauseOf(notNow('host'))).to.equal(1);
  });
});
