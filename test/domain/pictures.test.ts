// Pictures that a platform could not fetch, named before anything is sent.
import { expect } from 'chai';
import { picturesOutOfReach } from '../../src/domain/pictures.ts';

const OURS = 'media:abcdefgh1234';

describe('pictures out of reach', () => {
  const cases: [string, { upload: boolean; https: boolean } | undefined, string, string, string | null][] = [
    ['take anything', undefined, 'http://a.example/p.jpg', 'http://localhost', null],
    ['fetch ours from a public address', { upload: false, https: true }, OURS, 'https://herald.example', null],
    ['cannot fetch ours from here', { upload: false, https: true }, OURS, 'http://localhost', 'picture_needs_public'],
    ['are handed ours', { upload: true, https: true }, OURS, 'http://localhost', null],
    ['take https', { upload: true, https: true }, 'https://a.example/p.jpg', 'http://localhost', null],
    [
      'take no http',
      { upload: true, https: true },
      'http://a.example/p.jpg',
      'https://x.example',
      'picture_needs_https',
    ],
  ];
  for (const [what, pictures, source, publicUrl, code] of cases) {
    it(`are none, or named, where platforms ${what}`, () => {
      const elements = [
        { kind: 'text' as const, text: [{ text: 'Hi' }] },
        { kind: 'image' as const, source },
      ];
      const found = picturesOutOfReach({ elements }, pictures ? { pictures } : {}, publicUrl);
      expect(found).to.deep.equal(code === null ? [] : [{ path: 'elements.1.source', code }]);
    });
  }
});
