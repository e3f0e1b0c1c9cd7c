// Who may speak for the platform: what is signed as it signs, for this bot, now, over this very body. Everything else is
// refused without an exception, whatever it is made of.
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Channel, ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import type { ConformanceFixtures } from './fixtures.ts';
import { hideNone } from './secrets.ts';

export const unsigned = (headers: Record<string, string> = {}): InboundRequest => ({
  method: 'POST',
  headers,
  query: {},
  body: Buffer.from('{}'),
  url: 'https://herald.example/webhooks/k',
});

/** A bot of the same kind that shares no secret with this one. */
export const strangerTo = (bot: ChannelBot): ChannelBot => ({
  ...bot,
  webhookSecret: [...bot.webhookSecret].toReversed().join('') || 'stranger',
  credentials: Object.fromEntries(
    Object.entries(bot.credentials).map(([key, value]) => [key, [...value].toReversed().join('')]),
  ),
});

export function declareSignatures(channel: Channel, { bot, secrets, requests, handshakes }: ConformanceFixtures): void {
  const { right = [], wrong = [], stale = [], bare = false } = requests ?? {};
  const taken = (request: InboundRequest, by = bot): Promise<boolean> => Promise.resolve(channel.verify(request, by));

  if (requests) {
    it('takes requests that are signed as the platform signs', async () => {
      expect(right.length, 'signed requests').to.be.at.least(1);
      for (const request of right) expect(await taken(request)).to.equal(true);
    });
  }
  for (const { title, request } of wrong) {
    it(`takes no request with ${title}`, async () => expect(await taken(request)).to.equal(false));
  }
  if (stale.length > 0) {
    it('takes no request that was signed too long ago', async () => {
      for (const request of stale) expect(await taken(request)).to.equal(false);
    });
  }
  if (requests && !bare) {
    it('takes no signature with another body than its own (`bare: true` where it says nothing about the body)', async () => {
      for (const request of right.filter(({ method }) => method === 'POST')) {
        const body = Buffer.concat([request.body, Buffer.from(' ')]);
        expect(await taken({ ...request, body })).to.equal(false);
      }
    });
  }
  it('takes no request that was signed for another bot', async () => {
    for (const request of right) expect(await taken(request, strangerTo(bot))).to.equal(false);
  });

  it('takes no unsigned request, and none at all while its secret is empty', async () => {
    expect(await taken(unsigned())).to.equal(false);
    for (const request of [unsigned(), ...right]) {
      expect(await taken(request, { ...bot, webhookSecret: '', credentials: {} })).to.equal(false);
    }
  });

  it('refuses whatever headers and bodies come, without an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.string()), fc.uint8Array(), async (headers, bytes) => {
        expect(await taken({ ...unsigned(headers), body: Buffer.from(bytes) })).to.equal(false);
      }),
      { numRuns: 50 },
    );
    // Every header a signed request carries, with a value that means nothing.
    for (const request of right) {
      for (const name of Object.keys(request.headers)) {
        for (const junk of ['', '0', 'ÿ', 'v1,', 'x'.repeat(5000)]) {
          expect(await taken({ ...request, headers: { ...request.headers, [name]: junk } })).to.be.a('boolean');
        }
      }
    }
  });

  it('shows its handshake, where it has one', () => {
    const answered = (handshakes ?? []).map(({ answer }) => answer !== null);
    // Both a question that is answered and one that is not.
    expect(new Set(answered).size, 'handshakes').to.equal(channel.handshake ? 2 : 0);
  });
  if (channel.handshake) {
    it('answers the question that sets the webhook up, and no ordinary request', () => {
      for (const { title, request, answer } of handshakes ?? []) {
        const given = channel.handshake?.(request, bot) ?? null;
        if (answer === null) expect(given, title).to.equal(null);
        else expect(given, title).to.include(answer);
        hideNone(given, secrets);
      }
      for (const request of [unsigned(), ...right]) expect(channel.handshake?.(request, bot) ?? null).to.equal(null);
    });
    it('answers no question of nonsense, and never fails over it', () => {
      fc.assert(
        fc.property(fc.uint8Array(), fc.constantFrom('GET', 'POST'), (bytes, method) => {
          expect(channel.handshake?.({ ...unsigned(), method, body: Buffer.from(bytes) }, bot) ?? null).to.equal(null);
        }),
        { numRuns: 50 },
      );
    });
  }
}
