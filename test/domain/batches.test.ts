import { expect } from 'chai';
import * as fc from 'fast-check';
import { intoCalls, intoKeyedCalls } from '../../src/domain/batches.ts';
import type { Payload } from '../../src/domain/channel.ts';

interface Item {
  id: number;
  payload: Payload;
}

const items = (...texts: string[]): Item[] => texts.map((text, id) => ({ id, payload: { text } }));
const calls = (list: readonly Item[], size: number, identical: boolean): number[][] =>
  intoCalls(list, { size, identical, placeholder: null }, (item) => item.payload).map((call) =>
    call.map(({ id }) => id),
  );

describe('which messages go in one call', () => {
  const cases: [string, string[], number, boolean, number[][]][] = [
    ['nothing', [], 3, true, []],
    ['one by one where there is no batch endpoint', ['a', 'a', 'a'], 1, false, [[0], [1], [2]]],
    ['as they come, where each has a payload of its own', ['a', 'b', 'c', 'a'], 3, false, [[0, 1, 2], [3]]],
    ['no more than a call takes', ['a', 'a', 'a', 'a', 'a'], 2, true, [[0, 1], [2, 3], [4]]],
    ['only equal ones, where one payload serves all', ['a', 'b', 'a', 'b', 'c'], 9, true, [[0, 2], [1, 3], [4]]],
    ['a full call and its rest', ['a', 'b', 'a', 'a'], 2, true, [[0, 2], [1], [3]]],
  ];
  for (const [title, texts, size, identical, expected] of cases)
    it(`puts together ${title}`, () => expect(calls(items(...texts), size, identical)).to.deep.equal(expected));

  it('writes a payload out once, however many share it', () => {
    let written = 0;
    const payload: Payload = {
      toJSON() {
        written += 1;
        return { text: 'a' };
      },
    };
    const list = Array.from({ length: 50 }, (_, id) => ({ id, payload }));
    expect(calls(list, 20, true).map((call) => call.length)).to.deep.equal([20, 20, 10]);
    expect(written).to.equal(1);
  });

  it('loses nothing, doubles nothing, mixes nothing and keeps the order within a call', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c')).map((texts) => items(...texts));
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: 5 }), fc.boolean(), (all, size, identical) => {
        const made = calls(all, size, identical);
        expect(made.flat().sort((a, b) => a - b)).to.deep.equal(all.map(({ id }) => id));
        for (const call of made) {
          expect(call.length).to.be.within(1, Math.max(1, size));
          expect(call).to.deep.equal([...call].sort((a, b) => a - b));
          if (identical) expect(new Set(call.map((id) => all[id]!.payload.text)).size).to.equal(1);
        }
        expect(made.map((call) => call[0])).to.deep.equal(made.map((call) => call[0]!).sort((a, b) => a - b));
      }),
    );
  });
});

describe('which messages go in one call that has a key of its own', () => {
  it('are of one slice, name nobody twice, and are otherwise put together as ever', () => {
    const item = fc.record({
      slice: fc.constantFrom(1, 2, null),
      receiver: fc.constantFrom('ann', 'ben', 'cy', 'dee'),
      text: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(item), fc.integer({ min: 1, max: 5 }), (all, size) => {
        const list = all.map((one, id) => ({ ...one, id }));
        const made = intoKeyedCalls(list, { size, identical: true, placeholder: null }, ({ text }) => ({ text }), {
          groupOf: ({ slice }) => slice,
          receiverOf: ({ receiver }) => receiver,
        });
        expect(
          made
            .flat()
            .map(({ id }) => id)
            .sort((a, b) => a - b),
        ).to.deep.equal(list.map(({ id }) => id));
        for (const call of made) {
          expect(call.length).to.be.within(1, size);
          expect(new Set(call.map(({ slice }) => slice)).size).to.equal(1);
          expect(new Set(call.map(({ text }) => text)).size).to.equal(1);
          expect(new Set(call.map(({ receiver }) => receiver)).size).to.equal(call.length);
        }
      }),
    );
  });

  it('are not scattered because one receiver comes twice', () => {
    const list = ['ann', 'ben', 'ann', 'cy'].map((receiver) => ({ receiver }));
    const made = intoKeyedCalls(list, { size: 9, identical: true, placeholder: null }, () => ({}), {
      groupOf: () => null,
      receiverOf: ({ receiver }) => receiver,
    });
    expect(made.map((call) => call.map(({ receiver }) => receiver))).to.deep.equal([['ann', 'ben', 'cy'], ['ann']]);
  });
});
