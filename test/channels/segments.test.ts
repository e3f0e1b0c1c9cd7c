import { expect } from 'chai';
import fc from 'fast-check';
import { encodingOf, segmentsOf } from '../../channels/lib/segments.ts';

describe('segmentsOf', () => {
  const cases: [title: string, text: string, encoding: string, units: number, parts: number][] = [
    ['nothing', '', 'gsm7', 0, 1],
    ['160 plain letters', 'a'.repeat(160), 'gsm7', 160, 1],
    ['161 plain letters', 'a'.repeat(161), 'gsm7', 161, 2],
    ['306 plain letters', 'a'.repeat(306), 'gsm7', 306, 2],
    ['307 plain letters', 'a'.repeat(307), 'gsm7', 307, 3],
    ['80 signs behind an escape', '€'.repeat(80), 'gsm7', 160, 1],
    ['81 signs behind an escape, of which 76 go into a part', '€'.repeat(81), 'gsm7', 162, 2],
    ['153 letters, then a sign behind an escape', `${'a'.repeat(159)}€`, 'gsm7', 161, 2],
    ['one letter of another alphabet', 'привіт', 'ucs2', 6, 1],
    ['70 units', 'ї'.repeat(70), 'ucs2', 70, 1],
    ['71 units', 'ї'.repeat(71), 'ucs2', 71, 2],
    ['35 smileys', '🙂'.repeat(35), 'ucs2', 70, 1],
    ['67 smileys, of which 33 go into a part', '🙂'.repeat(67), 'ucs2', 134, 3],
    ['a typographic quote', '“', 'ucs2', 1, 1],
  ];
  for (const [title, text, encoding, units, parts] of cases) {
    it(`counts ${title}`, () => {
      const counted = segmentsOf(text);
      expect({ ...counted, parts: counted.parts.length }).to.deep.equal({ encoding, units, parts });
    });
  }

  it('loses no character, and makes no part longer than it may be', () => {
    const text = fc
      .array(fc.constantFrom('a', '€', 'ї', '🙂', ' ', '\n'), { maxLength: 700 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, (sent) => {
        const { encoding, parts } = segmentsOf(sent);
        expect(parts.join('')).to.equal(sent);
        const room = parts.length === 1 ? { gsm7: 160, ucs2: 70 } : { gsm7: 153, ucs2: 67 };
        for (const part of parts) {
          const wide = encoding === 'ucs2' ? 0 : (part.match(/€/g)?.length ?? 0);
          expect(part.length + wide).to.be.at.most(room[encoding]);
          expect(part).to.not.match(/^[\udc00-\udfff]/);
        }
      }),
    );
  });

  it('knows the seven-bit alphabet', () => {
    expect(encodingOf('Grüße à 5 € @home {1}')).to.equal('gsm7');
    for (const text of ['ç', 'á', '`', '’', '\t']) expect(encodingOf(text), text).to.equal('ucs2');
  });
});
