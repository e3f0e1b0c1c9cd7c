// The composer's pure parts: runs and documents, counting, the list of elements.
import { expect } from 'chai';
import fc from 'fast-check';
import { budget, textLength, tightest } from '../../admin/src/features/composer/count.ts';
import {
  channelsWithMessage,
  copied,
  joined,
  moved,
  parted,
  withoutButton,
} from '../../admin/src/features/composer/elements.ts';
import { isFullAddress } from '../../admin/src/features/composer/problems.ts';
import { documentToRuns, plainText, runsToDocument } from '../../admin/src/features/composer/runs.ts';
import type { Run } from '../../admin/src/features/shapes.ts';

const anyRun = fc.record(
  {
    text: fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', ' ', '{', '}'), minLength: 1, maxLength: 8 }),
    bold: fc.constant(true as const),
    code: fc.constant(true as const),
    link: fc.constantFrom('https://a.example', 'https://b.example'),
  },
  { requiredKeys: ['text'] },
);

describe('runsToDocument and documentToRuns', () => {
  it('keep formatting and links', () => {
    const runs: Run[] = [
      { text: 'Hello ' },
      { text: 'you', bold: true, italic: true },
      { text: ' see', link: 'https://a.example' },
    ];
    expect(documentToRuns(runsToDocument(runs))).to.deep.equal(runs);
  });

  it('make a paragraph of every line and keep empty lines', () => {
    const document = runsToDocument([{ text: 'one\n\nthree' }]);
    expect(document.content).to.have.length(3);
    expect(documentToRuns(document)).to.deep.equal([{ text: 'one\n\nthree' }]);
  });

  it('join neighbours with the same formatting', () => {
    expect(
      documentToRuns(
        runsToDocument([
          { text: 'a', bold: true },
          { text: 'b', bold: true },
        ]),
      ),
    ).to.deep.equal([{ text: 'ab', bold: true }]);
  });

  it('never lose a character, and change nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(anyRun, { maxLength: 8 }), (runs) => {
        const once = documentToRuns(runsToDocument(runs));
        expect(plainText(once)).to.equal(plainText(runs));
        expect(documentToRuns(runsToDocument(once))).to.deep.equal(once);
      }),
      { numRuns: 200 },
    );
  });
});

describe('textLength', () => {
  it('counts as the messenger does', () => {
    expect(textLength('é😀', 'characters')).to.equal(2);
    expect(textLength('é😀', 'utf16')).to.equal(3);
    expect(textLength('é😀', 'bytes')).to.equal(6);
  });
});

describe('budget', () => {
  it('is near from nine tenths on and over past the limit', () => {
    expect(budget('x'.repeat(89), 100, 'characters')).to.include({ level: 'ok', over: 0 });
    expect(budget('x'.repeat(90), 100, 'characters')).to.include({ level: 'near', over: 0 });
    expect(budget('x'.repeat(112), 100, 'characters')).to.include({ level: 'over', over: 12 });
  });

  it('finds the channel whose limit comes first and ignores those without one', () => {
    const wide = { capabilities: { textLimit: 4096, textUnit: 'characters' as const } };
    const narrow = { capabilities: { textLimit: 2000, textUnit: 'characters' as const } };
    const open = { capabilities: { textLimit: null, textUnit: 'characters' as const } };
    expect(tightest([open, wide, narrow], 'hello')?.channel).to.equal(narrow);
    expect(tightest([open], 'hello')).to.equal(null);
  });
});

describe('the list of elements', () => {
  it('moves within bounds and otherwise stays', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).to.deep.equal(['b', 'c', 'a']);
    expect(moved(['a', 'b'], 0, -1)).to.deep.equal(['a', 'b']);
    expect(moved(['a', 'b'], 1, 2)).to.deep.equal(['a', 'b']);
  });

  it('gives the buttons of a copy ids of their own', () => {
    const element = {
      kind: 'buttons' as const,
      rows: [[{ kind: 'link' as const, id: 'one', label: 'Menu', url: 'https://a.example' }]],
    };
    const copy = copied(element);
    expect(copy.kind === 'buttons' && copy.rows[0]?.[0]?.label).to.equal('Menu');
    expect(copy.kind === 'buttons' && copy.rows[0]?.[0]?.id).to.not.equal('one');
  });

  it('drops a row with its last button', () => {
    const button = (id: string) => ({ kind: 'link' as const, id, label: id, url: '' });
    expect(withoutButton([[button('a')], [button('b'), button('c')]], 'a')).to.have.length(1);
  });

  it('parts a common message into one for each channel, and joins them around a winner', () => {
    const text = (words: string) => ({ elements: [{ kind: 'text' as const, text: [{ text: words }] }] });
    const both = parted({ synchronised: true, variants: { '*': text('hi') } }, ['one', 'two']);
    expect(channelsWithMessage(both, ['one', 'two'])).to.deep.equal(['one', 'two']);
    both.variants.two = text('other');
    expect(joined(both, 'two').variants['*']).to.deep.equal(text('other'));
    expect(channelsWithMessage({ synchronised: false, variants: { one: text(' ') } }, ['one', 'two'])).to.deep.equal(
      [],
    );
  });
});

describe('isFullAddress', () => {
  for (const address of [
    'https://shop.example',
    'http://localhost:3000/demo',
    'https://[::1]/',
    'https://a.b/?q={{x}}',
  ])
    it(`takes ${address}`, () => expect(isFullAddress(address)).to.equal(true));
  for (const address of ['', 'shop.example', 'https://shop', 'ftp://shop.example', 'javascript:alert(1)'])
    it(`does not take "${address}"`, () => expect(isFullAddress(address)).to.equal(false));
});
