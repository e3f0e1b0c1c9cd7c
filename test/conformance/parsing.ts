// What comes in: real updates give the facts that were written down, a repeat gives the same ids, nonsense gives nothing.
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Channel, Inbound, InboundRequest } from '../../src/domain/channel.ts';
import { type ConformanceFixtures, NOW } from './fixtures.ts';
import { hideNone } from './secrets.ts';
import { unsigned } from './signatures.ts';

export function declareParsing(channel: Channel, { bot, secrets, updates, requests }: ConformanceFixtures): void {
  const readOf = async (request: InboundRequest): Promise<unknown> =>
    channel.read ? await channel.read(request) : (JSON.parse(request.body.toString('utf8')) as unknown);
  const posted = (requests?.right ?? []).filter(({ method }) => method === 'POST');

  for (const { name, update, facts } of updates) {
    it(`reads: ${name}`, () => expect(channel.parse(update, bot, NOW)).to.deep.equal(facts));
  }

  const idsOf = (list: readonly Inbound[]): string[] => list.map(({ kind, externalId }) => `${kind} ${externalId}`);
  const idsAt = (now: number): string[] => updates.flatMap(({ update }) => idsOf(channel.parse(update, bot, now)));

  it('gives a repeated update the same external ids, and different facts different ones', () => {
    const all = idsAt(NOW);
    expect(idsAt(NOW + 5000)).to.deep.equal(all);
    expect(new Set(all).size).to.equal(all.length);
  });

  it('gives a repeated request the same external ids', async () => {
    for (const request of posted) {
      const ids = async (now: number): Promise<string[]> => idsOf(channel.parse(await readOf(request), bot, now));
      expect(await ids(NOW + 5000)).to.deep.equal(await ids(NOW));
    }
  });

  it('reads nothing out of nonsense, and never fails over it', () => {
    const shuffled = updates.map(({ update }) => update);
    fc.assert(
      fc.property(fc.anything(), (update) => {
        expect(channel.parse(update, bot, NOW)).to.deep.equal([]);
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...shuffled, {}), fc.anything(), fc.nat(), (update, junk, at) => {
        const spoilt = spoil(update, junk, at);
        expect(channel.parse(spoilt, bot, NOW)).to.be.an('array');
        hideNone(channel.answer?.(spoilt, bot) ?? null, secrets);
      }),
      { numRuns: 200 },
    );
  });

  if (channel.read) {
    it('reads bodies of any bytes without an error', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array(), async (bytes) => {
          await channel.read?.({ ...unsigned(), body: Buffer.from(bytes) });
        }),
        { numRuns: 100 },
      );
    });
  }

  if (channel.serve) {
    it('serves nothing at addresses nobody gave out, and tells no secret', () => {
      fc.assert(
        fc.property(fc.webPath(), (path) => {
          hideNone(channel.serve?.(`no-such${path}`, bot, 'https://herald.example') ?? null, secrets);
          expect(channel.serve?.(`no-such${path}`, bot, 'https://herald.example')).to.equal(null);
        }),
        { numRuns: 20 },
      );
    });
  }
}

/** The update with one of its values, somewhere, replaced by junk. */
function spoil(update: unknown, junk: unknown, at: number): unknown {
  const copy: unknown = structuredClone(update);
  const places: [object, string][] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value, key]);
      walk(Reflect.get(value, key));
    }
  };
  walk(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place) Reflect.set(place[0], place[1], junk);
  return copy;
}
