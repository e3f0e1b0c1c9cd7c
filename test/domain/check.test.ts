import { expect } from 'chai';
import { check } from '../../src/domain/check.ts';
import type { Message } from '../../src/domain/message.ts';
import { capable, link, message, text } from '../support/fitting.ts';

describe('check', () => {
  const cases: [title: string, message: Message, expected: string[]][] = [
    ['a good message', message(text('Hello {{first_name}}'), { kind: 'buttons', rows: [[link('a')]] }), []],
    ['nothing', message(), ['elements message_empty']],
    ['only white space', message(text('  ')), ['elements message_empty']],
    ['only a variable without fallback', message(text('{{first_name}}')), ['elements message_empty']],
    ['only buttons', message({ kind: 'buttons', rows: [[link('a')]] }), ['elements message_needs_text']],
    ['a text over the limit', message(text('a'.repeat(112))), ['elements.0.text text_too_long']],
    [
      'a label missing',
      message(text('a'), { kind: 'buttons', rows: [[link('a', '')]] }),
      ['elements.1.rows.0.0.label label_missing'],
    ],
    [
      'a label that may vanish',
      message(text('a'), { kind: 'buttons', rows: [[link('a', '{{city}}')]] }),
      ['elements.1.rows.0.0.label label_missing'],
    ],
    [
      'a label too long',
      message(text('a'), { kind: 'buttons', rows: [[link('a', 'a label of many words')]] }),
      ['elements.1.rows.0.0.label label_too_long'],
    ],
    [
      'a relative address',
      message(text('a'), { kind: 'buttons', rows: [[{ ...link('a'), url: '/sale' }]] }),
      ['elements.1.rows.0.0.url url_invalid'],
    ],
    [
      'an address of another kind',
      message(text('a'), { kind: 'buttons', rows: [[{ ...link('a'), url: 'javascript:alert(1)' }]] }),
      ['elements.1.rows.0.0.url url_invalid'],
    ],
    [
      'a host from a variable',
      message(text('a'), { kind: 'buttons', rows: [[{ ...link('a'), url: 'https://{{city}}.example/' }]] }),
      ['elements.1.rows.0.0.url url_invalid'],
    ],
    [
      'an inline link without scheme',
      message({ kind: 'text', text: [{ text: 'a', link: 'shop.example' }] }),
      ['elements.0.text.0.link url_invalid'],
    ],
    [
      'a message button that does nothing',
      message(text('a'), { kind: 'buttons', rows: [[{ kind: 'message', id: 'm', label: 'Yes', reply: [] }]] }),
      ['elements.1.rows.0.0 button_without_action'],
    ],
    ['a picture not chosen', message({ kind: 'image', source: '' }), ['elements.0.source image_missing']],
    [
      'a picture at a wrong address',
      message({ kind: 'image', source: 'ftp://x' }),
      ['elements.0.source image_address_invalid'],
    ],
    [
      'two buttons of one id',
      message(text('a'), { kind: 'buttons', rows: [[link('a'), link('a')]] }),
      ['elements.1.rows.0.1.id button_id_repeated'],
    ],
  ];
  for (const [title, given, expected] of cases) {
    it(`${expected.length ? 'refuses' : 'accepts'} ${title}`, () =>
      expect(check(given, capable).map(({ path, code }) => `${path} ${code}`)).to.deep.equal(expected));
  }

  it('holds a message for every channel to no single one of their lengths', () => {
    const long = message(text('a'.repeat(112)), { kind: 'buttons', rows: [[link('a', 'a label of many words')]] });
    expect(check(long, capable, true)).to.deep.equal([]);
    expect(check(message(text(' ')), capable, true).map(({ code }) => code)).to.deep.equal(['message_empty']);
  });

  it('says by how much a text is over', () => {
    expect(check(message(text('a'.repeat(112))), capable)[0]?.params).to.deep.equal({ limit: 100, over: 12 });
  });
});
