// Random messages for properties: words of many scripts, every kind of element and button, texts short and very long.
import * as fc from 'fast-check';
import type { Button, Element, Message, Run } from '../../src/domain/message.ts';

const WORDS = [
  'Hello',
  'sale',
  'Привіт',
  'ñandú',
  'Việt',
  '👩‍👩‍👧‍👦',
  '🇺🇦',
  'e\u0301',
  '漢字',
  'a&b',
  '<b>',
  '*_`',
  '\u200f',
  'x'.repeat(90),
];

const words = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(' ', '. ', '\n', '\n\n', '', ', ')), { maxLength: 12 })
  .map((pairs) => pairs.map(([word, gap]) => word + gap).join(''));
const text = fc.oneof(
  { weight: 6, arbitrary: words },
  {
    weight: 1,
    arbitrary: fc
      .tuple(words, fc.integer({ min: 20, max: 80 }))
      .map(([part, times]) => part.repeat(times).slice(0, 15_000)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);
const url = fc.constantFrom('https://shop.example/a?b=c&d=1', 'https://ex.example/', 'http://a.example/шлях');
const flag = fc.constantFrom(undefined, true);

export const runs: fc.Arbitrary<Run[]> = fc.array(
  fc
    .record({
      text,
      bold: flag,
      italic: flag,
      underline: flag,
      strike: flag,
      code: flag,
      link: fc.option(url, { nil: undefined, freq: 5 }),
    })
    .map(({ text: words, ...styles }) => ({
      text: words,
      ...Object.fromEntries(Object.entries(styles).filter(([, value]) => value !== undefined)),
    })),
  { maxLength: 5 },
);

const label = fc.oneof(fc.constantFrom('Go', 'Купити зараз', '👍', 'Details '.repeat(12), ''), words);

export const button = (id: string): fc.Arbitrary<Button> =>
  fc.oneof(
    fc.record({ kind: fc.constant('link' as const), id: fc.constant(id), label, url }),
    fc.record({ kind: fc.constant('message' as const), id: fc.constant(id), label, tag: fc.constant('interested') }),
    fc.record({
      kind: fc.constant('buy' as const),
      id: fc.constant(id),
      label,
      product: fc.constant({ name: 'Mug', amount: 1250, currency: 'EUR' }),
    }),
  );

const rows = (prefix: string): fc.Arbitrary<Button[][]> =>
  fc
    .array(fc.integer({ min: 1, max: 8 }), { maxLength: 16 })
    .chain((sizes) =>
      fc.tuple(
        ...sizes.map((size, row) =>
          fc.tuple(...Array.from({ length: size }, (_, at) => button(`${prefix}_${row}_${at}`))),
        ),
      ),
    );

const element = (index: number): fc.Arbitrary<Element> =>
  fc.oneof(
    fc.record({ kind: fc.constant('text' as const), text: runs }),
    fc.record({
      kind: fc.constant('image' as const),
      source: fc.constantFrom('media:abcd1234', 'https://shop.example/p.jpg'),
      alt: words,
    }),
    fc.record({ kind: fc.constant('buttons' as const), rows: rows(`b${index}`) }),
  );

export const message: fc.Arbitrary<Message> = fc
  .integer({ min: 0, max: 6 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => element(index))))
  .map((elements) => ({ elements }));
