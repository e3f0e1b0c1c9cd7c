import { expect } from 'chai';
import fc from 'fast-check';
import { createSlidingSecond, limits, paceOf } from '../../src/domain/rate.ts';

describe('limits', () => {
  const capabilities = { rate: { mailing: 25, bot: 30, chat: 1 } };
  it('takes the channel’s own limit where the bot has none', () => {
    expect(limits(capabilities, {}, { speed: 10 })).to.deep.equal({ mailing: 10, bot: 30, chat: 1 });
  });
  it('lets the bot’s own setting go first, and no speed be no limit', () => {
    expect(limits(capabilities, { rate: 100 }, { speed: null })).to.deep.equal({ mailing: null, bot: 100, chat: 1 });
  });
  it('raises the bot’s limit where the mailing chose to, unless the bot has one of its own', () => {
    const offering = {
      ...capabilities,
      choices: [{ key: 'quiet' }, { key: 'paid', rate: { mailing: 900, bot: 1000 } }],
    };
    expect(limits(offering, {}, { speed: null, choices: ['quiet'] }).bot).to.equal(30);
    expect(limits(offering, {}, { speed: null, choices: ['quiet', 'paid'] }).bot).to.equal(1000);
    expect(limits(offering, { rate: 5 }, { speed: null, choices: ['paid'] }).bot).to.equal(5);
  });
});

describe('paceOf', () => {
  it('lets one message go at 25/s and twenty at 1,000/s', () => {
    expect([1, 25, 50, 1000].map((rate) => paceOf(rate).group)).to.deep.equal([1, 1, 1, 20]);
  });
  it('stays within the limit in every second and above 97 % of it on average', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 10_000 }), (rate) => {
        const { group, interval } = paceOf(rate);
        expect((1000 / interval) * group).to.be.within(rate * 0.97, rate);
        // Grants that fall into one second, both ends included.
        expect((Math.floor(1000 / interval) + 1) * group).to.be.at.most(Math.ceil(rate + group * 0.5));
      }),
    );
  });
});

describe('createSlidingSecond', () => {
  it('never lets more than the rate into a second, however messages come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 120 }),
        (rate, pauses) => {
          const window = createSlidingSecond(rate);
          const sent: number[] = [];
          let now = 0;
          for (const pause of pauses) {
            now += pause;
            now += window.wait(now);
            window.record(now);
            sent.push(now);
          }
          for (const start of sent)
            expect(sent.filter((at) => at >= start && at < start + 1000).length).to.be.at.most(rate);
        },
      ),
    );
  });
});

describe('createSlidingSecond, when its rate moves', () => {
  it('never lets more than the largest rate of the last second into it', () => {
    const steps = fc.array(
      fc.record({ pause: fc.integer({ min: 0, max: 90 }), rate: fc.option(fc.integer({ min: 1, max: 30 })) }),
      { maxLength: 150 },
    );
    fc.assert(
      fc.property(steps, (plan) => {
        const window = createSlidingSecond(10);
        const rates = [{ at: 0, rate: 10 }];
        const sent: number[] = [];
        let now = 0;
        for (const { pause, rate } of plan) {
          now += pause;
          if (rate !== null) {
            window.setRate(rate);
            rates.push({ at: now, rate });
          }
          now += window.wait(now);
          window.record(now);
          sent.push(now);
        }
        for (const last of sent) {
          const first = last - 1000;
          const before = rates.findLast(({ at }) => at <= first)?.rate ?? 0;
          const within = rates.filter(({ at }) => at > first && at <= last).map(({ rate }) => rate);
          const count = sent.filter((at) => at > first && at <= last).length;
          expect(count).to.be.at.most(Math.max(before, ...within));
        }
      }),
    );
  });
  it('holds back the next by the new rate, also below one a second', () => {
    const window = createSlidingSecond(25);
    for (let now = 0; now < 1000; now += 40) window.record(now);
    window.setRate(0.1);
    expect(window.wait(1000)).to.equal(9960);
    window.setRate(26);
    expect(window.wait(1000)).to.equal(0);
  });
});
