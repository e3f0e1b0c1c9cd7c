import { expect } from 'chai';
import fc from 'fast-check';
import { callsPerMessage, forecast, type Stream } from '../../src/domain/forecast.ts';
import { PLAIN_CAPABILITIES, plainChannel } from '../support/plain-channel.ts';

describe('forecast', () => {
  type Case = {
    title: string;
    streams: [mailing: string, bot: string, calls: number][];
    speeds?: Record<string, number | null>;
    rates?: Record<string, number | null>;
    startsIn?: number;
    observed?: number;
    seconds: number;
  };

  const run = ({ streams, speeds = {}, rates = {}, ...rest }: Omit<Case, 'title' | 'seconds'>): number =>
    forecast({
      streams: streams.map(([mailing, bot, calls]): Stream => ({ mailing, bot, calls })),
      speeds: new Map(Object.entries(speeds)),
      rates: new Map(Object.entries(rates)),
      mailing: 'own',
      ...rest,
    });

  // Seconds at the limits, lengthened by the margin the gates keep: 1.028.
  const CASES: Case[] = [
    { title: 'nothing remains', streams: [], speeds: { own: 25 }, seconds: 0 },
    { title: 'its own speed', streams: [['own', 'a', 2500]], speeds: { own: 25 }, rates: { a: 30 }, seconds: 103 },
    { title: 'the bot’s limit', streams: [['own', 'a', 3000]], speeds: { own: 100 }, rates: { a: 30 }, seconds: 103 },
    {
      title: 'its speed over all its bots together',
      streams: [
        ['own', 'a', 2500],
        ['own', 'b', 2500],
      ],
      speeds: { own: 25 },
      rates: { a: 30, b: 30 },
      seconds: 206,
    },
    {
      title: 'the slowest of its bots',
      streams: [
        ['own', 'a', 3000],
        ['own', 'b', 10],
      ],
      rates: { a: 30, b: 1000 },
      seconds: 103,
    },
    {
      title: 'half of the bot, while another mailing has the other half',
      streams: [
        ['own', 'a', 1500],
        ['other', 'a', 9000],
      ],
      rates: { a: 30 },
      seconds: 103,
    },
    {
      title: 'half of the bot, and all of it once the other is over',
      streams: [
        ['own', 'a', 3000],
        ['other', 'a', 1500],
      ],
      rates: { a: 30 },
      seconds: 155,
    },
    {
      title: 'what a slow mailing leaves of the bot',
      streams: [
        ['own', 'a', 2000],
        ['other', 'a', 9000],
      ],
      speeds: { own: null, other: 10 },
      rates: { a: 30 },
      seconds: 103,
    },
    {
      title: 'a third of the bot beside two others',
      streams: [
        ['own', 'a', 1000],
        ['other', 'a', 9000],
        ['third', 'a', 9000],
      ],
      rates: { a: 30 },
      seconds: 103,
    },
    {
      title: 'others on other bots, which take nothing from it',
      streams: [
        ['own', 'a', 3000],
        ['other', 'b', 9000],
      ],
      rates: { a: 30, b: 30 },
      seconds: 103,
    },
    {
      title: 'others that are over before it begins',
      streams: [
        ['own', 'a', 3000],
        ['other', 'a', 3000],
      ],
      rates: { a: 30 },
      startsIn: 100,
      seconds: 103,
    },
    {
      title: 'others that are half over when it begins',
      streams: [
        ['own', 'a', 3000],
        ['other', 'a', 3000],
      ],
      rates: { a: 30 },
      startsIn: 50,
      seconds: 155,
    },
    {
      title: 'a platform that is slower than its limit',
      streams: [['own', 'a', 3000]],
      rates: { a: 30 },
      observed: 15,
      seconds: 200,
    },
    {
      title: 'never faster than the limit',
      streams: [['own', 'a', 3000]],
      rates: { a: 30 },
      observed: 90,
      seconds: 103,
    },
    { title: 'what the engine can do, without any limit', streams: [['own', 'a', 100_000]], seconds: 52 },
  ];
  for (const { title, seconds, ...input } of CASES)
    it(`reckons with ${title}`, () => {
      expect(run(input)).to.equal(seconds);
    });

  it('never takes less than the limits allow, nor more than one after the other', () => {
    const streams = fc.array(
      fc.tuple(fc.constantFrom('own', 'b', 'c'), fc.constantFrom('x', 'y'), fc.integer({ min: 1, max: 5000 })),
      { minLength: 1, maxLength: 8 },
    );
    const rate = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(streams, rate, rate, rate, (all, x, y, own) => {
        const seconds = run({ streams: all, speeds: { own }, rates: { x, y } });
        const callsOf = (test: (one: (typeof all)[number]) => boolean): number =>
          all.filter(test).reduce((sum, [, , calls]) => sum + calls, 0);
        const mine = callsOf(([mailing]) => mailing === 'own');
        expect(seconds).to.be.at.least((mine / own) * 1.028 - 0.001);
        const slowest = Math.min(x, y, own);
        expect(seconds).to.be.at.most(Math.ceil((mine > 0 ? callsOf(() => true) / slowest : 0) * 1.028) + 1);
      }),
    );
  });
});

describe('callsPerMessage', () => {
  const text = (words: string) => ({ kind: 'text' as const, text: [{ text: words }] });
  const channel = {
    ...plainChannel('plain', PLAIN_CAPABILITIES),
    render: (message: { elements: readonly unknown[] }) => message.elements.map((element) => ({ element })),
  };
  it('counts the calls of the message as it fits the channel', () => {
    const content = { synchronised: true, variants: { '*': { elements: [text('one'), text('x'.repeat(150))] } } };
    expect(callsPerMessage(content, channel)).to.be.at.least(2);
  });
  it('is none where there is no message for the channel', () => {
    expect(
      callsPerMessage({ synchronised: false, variants: { other: { elements: [text('one')] } } }, channel),
    ).to.equal(0);
  });
});
