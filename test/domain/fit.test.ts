import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Capabilities } from '../../src/domain/capabilities.ts';
import { fit } from '../../src/domain/fit.ts';
import { layout } from '../../src/domain/layout.ts';
import { type Button, buttonsOf, type Element, type Message, plainText, type Run } from '../../src/domain/message.ts';
import { measure } from '../../src/domain/split.ts';
import { plainRuns } from '../../channels/lib/plain.ts';
import { LINKS } from '../conformance/fixtures.ts';
import { capable, link, message, text } from '../support/fitting.ts';
import * as arbitrary from '../support/messages.ts';

const plain: Capabilities = {
  ...capable,
  elements: ['text'],
  textLimit: 130,
  textUnit: 'bytes',
  formatting: [],
  buttons: { kinds: [], max: 0, perRow: 1, label: 10 },
};

const image: Element = { kind: 'image', source: 'media:abcd1234', alt: 'A mug' };
const buy: Button = { kind: 'buy', id: 'b', label: 'Buy', product: { name: 'Mug', amount: 1, currency: 'EUR' } };
const answer = (id: string): Button => ({ kind: 'message', id, label: 'Yes', tag: 't' });

/** Every address a person should be able to reach. */
const addressesOf = (given: Message): string[] =>
  given.elements.flatMap((element) => {
    switch (element.kind) {
      case 'text':
        return plainText(element.text).trim() === ''
          ? []
          : element.text.flatMap(({ link: address }) => (address === undefined ? [] : [address]));
      case 'image':
        return [element.source];
      case 'buttons':
        return element.rows
          .flat()
          .flatMap(({ kind, id, label }) => (kind !== 'message' && label.trim() !== '' ? [`button:${id}`] : []));
      default:
        return element satisfies never;
    }
  });

describe('fit', () => {
  it('changes nothing in a message that fits', () => {
    const whole = message(text('Hello'), image, text('Mug'), { kind: 'buttons', rows: [[link('a'), link('b')]] });
    expect(fit(whole, capable)).to.deep.equal({ message: whole, losses: [] });
  });

  const losses: [title: string, message: Message, capabilities: Capabilities, codes: string[]][] = [
    ['a text over the limit is split', message(text('word '.repeat(40))), capable, ['text_split']],
    [
      'a long caption follows as a text',
      message(image, text('a caption of more than twenty')),
      capable,
      ['caption_separate'],
    ],
    [
      'formatting that is not known becomes plain',
      message({ kind: 'text', text: [{ text: 'a', bold: true, italic: true }] }),
      plain,
      ['formatting_bold', 'formatting_italic'],
    ],
    [
      'a link in the text shows its address',
      message({ kind: 'text', text: [{ text: 'a', link: 'https://e.example' }] }),
      plain,
      ['formatting_link'],
    ],
    [
      'a wide row is broken',
      message(text('a'), { kind: 'buttons', rows: [[link('a'), link('b'), link('c')]] }),
      capable,
      ['buttons_rearranged'],
    ],
    [
      'a link button too many becomes a link',
      message(text('a'), { kind: 'buttons', rows: [[link('a'), link('b')], [link('c'), link('d')], [link('e')]] }),
      capable,
      ['button_became_link'],
    ],
    [
      'other buttons than fit are left out',
      message(text('a'), { kind: 'buttons', rows: [['1', '2'], ['3', '4'], ['5']].map((row) => row.map(answer)) }),
      capable,
      ['buttons_too_many'],
    ],
    [
      'buttons become a keyboard',
      message(text('a'), { kind: 'buttons', rows: [[link('a'), link('b')]] }),
      { ...capable, buttons: { ...capable.buttons, style: 'keyboard' } },
      ['buttons_became_keyboard'],
    ],
    [
      'a long label is cut',
      message(text('a'), { kind: 'buttons', rows: [[link('a', 'a label of many words')]] }),
      capable,
      ['label_shortened'],
    ],
    [
      'a button without label is left out',
      message(text('a'), { kind: 'buttons', rows: [[link('a', ' ')]] }),
      capable,
      ['button_unlabelled'],
    ],
    [
      'a link button becomes a link where there are no buttons',
      message(text('a'), { kind: 'buttons', rows: [[link('a')]] }),
      plain,
      ['button_became_link'],
    ],
    ['an uploaded picture becomes a link', message(image), plain, ['image_became_link']],
    ['a picture not chosen is left out', message({ kind: 'image', source: '' }), plain, ['image_dropped']],
    [
      'a button to share the phone number is named',
      message(text('a'), { kind: 'buttons', rows: [[{ kind: 'contact', id: 'c', label: 'My number' }]] }),
      plain,
      ['button_dropped'],
    ],
    [
      'a picture with an address becomes a link',
      message({ kind: 'image', source: 'https://e.example/p.jpg' }),
      plain,
      ['image_became_link'],
    ],
    [
      'a button of an unknown kind is named',
      message(text('a'), { kind: 'buttons', rows: [[{ kind: 'message', id: 'm', label: 'Yes', tag: 't' }]] }),
      plain,
      ['button_dropped'],
    ],
  ];
  for (const [title, given, capabilities, codes] of losses) {
    it(`${title}, and says so`, () =>
      expect(fit(given, capabilities).losses.map(({ code }) => code)).to.deep.equal(codes));
  }

  describe('where addresses cannot hide behind words', () => {
    const sms: Capabilities = { ...plain, textLimit: 1600, textUnit: 'characters' };
    const words = (...elements: Element[]): string[] =>
      fit(message(...elements), sms).message.elements.map((element) =>
        element.kind === 'text' ? plainRuns(element.text, LINKS) : element.kind,
      );
    const at = (what: string): string => LINKS.inline(what);
    const linked = (...runs: Run[]): Element => ({ kind: 'text', text: runs });
    const cases: [title: string, elements: Element[], expected: string[]][] = [
      ['a link', [linked({ text: 'here', link: 'https://e.example' })], [`here: ${at('https://e.example')}`]],
      [
        'a link in a sentence',
        [linked({ text: 'See ' }, { text: 'the sale ', link: 'https://e.example' }, { text: 'now, ' }, { text: 'or' })],
        [`See the sale: ${at('https://e.example')} now, or`],
      ],
      [
        'a link in two formattings',
        [
          linked(
            { text: 'the ', link: 'https://e.example' },
            { text: 'sale!', link: 'https://e.example', bold: true },
            { text: 'Soon' },
          ),
        ],
        [`the sale! ${at('https://e.example')} Soon`],
      ],
      [
        'an address as its author wrote it',
        [linked({ text: 'https://e.example', link: 'https://e.example' }, { text: '.' })],
        [`${at('https://e.example')}.`],
      ],
      [
        'a picture with what is written under it',
        [text('First'), image, text('Second')],
        ['First', `A mug: ${at('media:abcd1234')}\nSecond`],
      ],
      [
        'a picture without words',
        [{ kind: 'image', source: 'https://e.example/p.jpg' }],
        [at('https://e.example/p.jpg')],
      ],
      [
        'buttons, numbered, in the text they stand under',
        [text('Choose'), { kind: 'buttons', rows: [[link('a', 'Go')], [{ ...buy, id: 'b' }, answer('c')]] }],
        [`Choose\n1. Go: ${at('button:a')}\n2. Buy: ${at('button:b')}`],
      ],
    ];
    for (const [title, elements, expected] of cases) {
      it(`shows ${title}`, () => expect(words(...elements)).to.deep.equal(expected));
    }

    it('leaves room for tracked addresses, and cuts none', () => {
      fc.assert(
        fc.property(arbitrary.message, fc.integer({ min: 120, max: 400 }), (given, textLimit) => {
          const narrow = { ...plain, textLimit };
          const shown = fit(given, narrow).message.elements.flatMap((element) =>
            element.kind === 'text' ? [plainRuns(element.text, LINKS)] : [],
          );
          for (const part of shown) expect(measure(part, 'bytes')).to.be.at.most(textLimit);
          const all = shown.join(' ');
          for (const address of addressesOf(given)) expect(all).to.include(LINKS.inline(address));
        }),
        { numRuns: 60 },
      );
    });
  });

  for (const capabilities of [
    capable,
    plain,
    { ...capable, textUnit: 'characters' as const, textLimit: 7, captionLimit: 0 },
  ]) {
    it(`never exceeds the declared limits (${capabilities.textLimit} ${capabilities.textUnit})`, () => {
      fc.assert(
        fc.property(arbitrary.message, (given) => {
          const fitted = fit(given, capabilities).message;
          for (const block of layout(fitted, capabilities)) {
            const words = block.kind === 'text' ? block.text : block.caption;
            const limit = block.kind === 'text' ? capabilities.textLimit : capabilities.captionLimit;
            expect(measure(plainText(words), capabilities.textUnit)).to.be.at.most(limit ?? Infinity);
            for (const row of block.rows) expect(row.length).to.be.within(1, capabilities.buttons.perRow);
          }
          const buttons = buttonsOf(fitted);
          expect(buttons.length).to.be.at.most(capabilities.buttons.max);
          for (const { kind, label } of buttons) {
            expect(capabilities.buttons.kinds).to.include(kind);
            expect([...label].length).to.be.within(1, capabilities.buttons.label);
          }
          for (const { kind } of fitted.elements) expect(capabilities.elements).to.include(kind);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('fits what it has fitted without another loss', () => {
    fc.assert(
      fc.property(arbitrary.message, (given) => {
        const once = fit(given, capable).message;
        const twice = fit(once, capable);
        expect(twice.message).to.deep.equal(once);
        expect(twice.losses.map(({ code }) => code)).to.not.include.members(['text_split', 'label_shortened']);
      }),
      { numRuns: 60 },
    );
  });
});
