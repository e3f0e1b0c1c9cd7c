import { expect } from 'chai';
import * as fc from 'fast-check';
import { plainText } from '../../src/domain/message.ts';
import { splitText, truncate } from '../../src/domain/split.ts';
import * as arbitrary from '../support/messages.ts';

describe('splitText', () => {
  const split = (words: string, limit: number): string[] => splitText([{ text: words }], limit, 'utf16').map(plainText);

  it('prefers paragraphs, then sentences, then words', () => {
    expect(split('One two.\n\nThree four five six', 20)).to.deep.equal(['One two.', 'Three four five six']);
    expect(split('One two. Three four five six', 20)).to.deep.equal(['One two.', 'Three four five six']);
    expect(split('one two three four five', 11)).to.deep.equal(['one two', 'three four', 'five']);
    expect(split('abcdefgh', 3)).to.deep.equal(['abc', 'def', 'gh']);
  });

  it('never cuts a visible character', () => {
    expect(split('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 15)).to.deep.equal(['👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦']);
    expect(truncate('ab🇺🇦', 4, 'utf16')).to.equal('ab');
    const flags = /^(?:🇺🇦)+$/u;
    for (const limit of [90, 91, 92, 93]) {
      expect(truncate('🇺🇦'.repeat(60), limit, 'utf16'), `cut at ${limit}`).to.match(flags);
      for (const part of split('🇺🇦'.repeat(60), limit)) expect(part, `split at ${limit}`).to.match(flags);
    }
  });

  it('cuts between visible characters, whatever stands beside them', () => {
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    const pieces = fc.array(
      fc.constantFrom('a', '🇺🇦', '🇻🇳', '\u{1f1fa}', '👩‍👩‍👧‍👦', '👍🏽', 'e\u0301', '漢', 'नि', '\u05e9\u05b8'),
      { minLength: 1, maxLength: 80 },
    );
    fc.assert(
      fc.property(pieces, fc.integer({ min: 12, max: 90 }), (list, limit) => {
        const whole = list.join('');
        const ends = new Set([...segmenter.segment(whole)].map(({ index, segment }) => index + segment.length));
        let at = 0;
        for (const part of split(whole, limit)) {
          at += part.length;
          expect(ends.has(at), `a cut at ${at} of ${whole}`).to.equal(true);
        }
        expect(at).to.equal(whole.length);
      }),
    );
  });

  it('loses nothing but white space, and keeps formatting where it was', () => {
    fc.assert(
      fc.property(
        arbitrary.runs,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('utf16', 'bytes', 'characters'),
        (given, limit, unit) => {
          const parts = splitText(given, Math.max(limit, unit === 'bytes' ? 4 : 2), unit);
          const bare = (texts: readonly { text: string }[]): string =>
            texts
              .map((run) => run.text)
              .join('')
              .replace(/\s+/g, '');
          expect(bare(parts.flat())).to.equal(bare(given));
          const bold = (texts: readonly { text: string; bold?: boolean | undefined }[]): string =>
            bare(texts.filter((run) => run.bold));
          expect(bold(parts.flat())).to.equal(bold(given));
        },
      ),
      { numRuns: 60 },
    );
  });
});
