import { expect } from 'chai';
import * as fc from 'fast-check';
import { plainText, type Message, type Run } from '../../src/domain/message.ts';
import { type Person, personalise, personaliseUrl, variablesOf } from '../../src/domain/personalise.ts';

const nobody: Person = { firstName: null, lastName: null, locale: null, attributes: {} };
const anna: Person = {
  firstName: 'Anna',
  lastName: 'Weber',
  locale: 'de',
  email: 'anna@example.com',
  phone: '+4930123',
  attributes: { city: 'Köln', age: 41, vip: true, sizes: ['S', 'M'], empty: null },
};

const write = (...text: Run[]): Message => ({ elements: [{ kind: 'text', text }] });
const readText = (message: Message): string =>
  message.elements.flatMap((element) => (element.kind === 'text' ? [plainText(element.text)] : [])).join('');
const say = (text: string, person: Person): string => readText(personalise(write({ text }), person).message);

describe('personalise', () => {
  const known: [template: string, expected: string][] = [
    ['Hello {{first_name}}!', 'Hello Anna!'],
    ['{{ name }}, {{last_name|friend}}', 'Anna Weber, Weber'],
    ['{{city}} {{age}} {{vip}} {{sizes}}', 'Köln 41 true S, M'],
    ['{{attribute.city}} {{email}} {{phone}} {{locale}}', 'Köln anna@example.com +4930123 de'],
    ['no variable, { {first_name} }', 'no variable, { {first_name} }'],
  ];
  for (const [template, expected] of known) {
    it(`"${template}" reads "${expected}" for a known person`, () => expect(say(template, anna)).to.equal(expected));
  }

  const missing: [template: string, expected: string][] = [
    ['Hello {{first_name|friend}}!', 'Hello friend!'],
    ['Hello {{first_name}}!', 'Hello!'],
    ['Hello {{first_name}}, welcome', 'Hello, welcome'],
    ['{{first_name}}, your order', 'your order'],
    ['{{first_name}}! News', 'News'],
    ['Dear {{first_name}} {{last_name}}, hi', 'Dear, hi'],
    ['From {{city}} with love', 'From with love'],
    ['One\n{{first_name}}, two', 'One\ntwo'],
    ['Your city: {{city}}', 'Your city:'],
    ['({{city}})', '()'],
    ['{{first_name|}}', ''],
    ['{{constructor}}{{__proto__}}{{toString}}x', 'x'],
  ];
  for (const [template, expected] of missing) {
    it(`"${template}" reads "${expected}" for a stranger`, () => expect(say(template, nobody)).to.equal(expected));
  }

  it('tidies across runs of different formatting', () => {
    const { message } = personalise(
      write({ text: 'Hello ' }, { text: '{{first_name}}', bold: true }, { text: ', welcome' }),
      nobody,
    );
    expect(message.elements).to.deep.equal([{ kind: 'text', text: [{ text: 'Hello' }, { text: ', welcome' }] }]);
  });

  it('names each variable that fell back, once', () => {
    const { fallbacks } = personalise(write({ text: '{{first_name|you}} {{city}} {{first_name}} {{name}}' }), {
      ...nobody,
      lastName: 'Weber',
    });
    expect(fallbacks).to.deep.equal(['first_name', 'city']);
  });

  it('reaches labels, addresses, replies and descriptions of pictures', () => {
    const message: Message = {
      elements: [
        { kind: 'image', source: 'https://img.example/{{city}}.jpg', alt: 'For {{first_name}}' },
        {
          kind: 'buttons',
          rows: [
            [
              {
                kind: 'link',
                id: 'a',
                label: 'Go, {{first_name}}',
                url: 'https://shop.example/?c={{city}}&n={{name}}',
              },
              { kind: 'message', id: 'b', label: 'Hi', reply: [{ text: 'Thanks, {{first_name}}' }] },
            ],
          ],
        },
      ],
    };
    expect(personalise(message, anna).message.elements).to.deep.equal([
      { kind: 'image', source: 'https://img.example/K%C3%B6ln.jpg', alt: 'For Anna' },
      {
        kind: 'buttons',
        rows: [
          [
            { kind: 'link', id: 'a', label: 'Go, Anna', url: 'https://shop.example/?c=K%C3%B6ln&n=Anna%20Weber' },
            { kind: 'message', id: 'b', label: 'Hi', reply: [{ text: 'Thanks, Anna' }] },
          ],
        ],
      },
    ]);
  });

  it('keeps a value from changing where an address leads', () => {
    const evil: Person = { ...nobody, firstName: '@evil.example/?x#' };
    expect(new URL(personaliseUrl('https://shop.example/{{first_name}}', evil)).host).to.equal('shop.example');
  });

  it('does not expand what a value itself contains', () => {
    expect(say('Hi {{first_name}}', { ...nobody, firstName: '{{email}}' })).to.equal('Hi {{email}}');
  });

  it('names the variables of a message in order', () => {
    expect(
      variablesOf(write({ text: '{{b|x}} {{a}}', link: 'https://e.example/{{c}}' }, { text: '{{a}}' })),
    ).to.deep.equal(['b', 'a', 'c']);
  });

  it('never leaves a variable, an undefined or a stray mark behind', () => {
    const word = fc.constantFrom('Hello', ' ', ', ', '!', '\n', '{{first_name}}', '{{city|here}}', '{{x}}', '. ');
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: fc.array(word).map((words) => words.join('')) }), { maxLength: 6 }),
        (text) => {
          const result = readText(personalise(write(...text), nobody).message);
          expect(result).to.not.match(/\{\{|undefined|null|\uFFFF/);
        },
      ),
    );
  });
});
