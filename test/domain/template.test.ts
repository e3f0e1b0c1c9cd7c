// Approved templates: what is wrong with one, and which of its links can be tracked.
import { expect } from 'chai';
import { linksOf } from '../../src/domain/links.ts';
import type { Template, TemplateInfo } from '../../src/domain/template.ts';
import { checkTemplate, compareTemplate } from '../../src/domain/template-check.ts';
import { parameterRuns, templateMessage, untrackedLinks } from '../../src/domain/template-links.ts';

const PUBLIC = 'https://herald.example';
const template = (change: Partial<Template> = {}): Template => ({
  name: 'news',
  language: 'en',
  parameters: ['Anna'],
  ...change,
});
const info = (change: Partial<TemplateInfo> = {}): TemplateInfo => ({
  name: 'news',
  language: 'en',
  text: 'Hi {{1}}',
  parameters: 1,
  state: 'approved',
  buttons: [],
  fixedLinks: 0,
  ...change,
});
const end = { index: 1, label: 'Shop', base: 'https://shop.example/' };
const own = { index: 0, label: 'Shop', base: `${PUBLIC}/r/` };

describe('a template beside the platform’s list', () => {
  const cases: [string, Template, TemplateInfo[], string | null][] = [
    ['is well', template(), [info()], null],
    ['is not known', template({ name: 'old' }), [info()], 'template_unknown'],
    ['is not there in its language', template({ language: 'uk' }), [info()], 'template_language'],
    ['waits', template(), [info({ state: 'waiting' })], 'template_waiting'],
    ['is paused', template(), [info({ state: 'paused' })], 'template_paused'],
    ['was refused', template(), [info({ state: 'refused' })], 'template_refused'],
    ['cannot be filled in here', template(), [info({ state: 'unfit' })], 'template_unfit'],
    ['has too few texts', template({ parameters: [] }), [info()], 'template_parameters'],
    ['lacks a button', template(), [info({ buttons: [end] })], 'template_buttons'],
    ['has a button of before', template({ buttons: [{ ...end, value: 'a' }] }), [info()], 'template_buttons'],
    ['has its button', template({ buttons: [{ ...end, value: 'a' }] }), [info({ buttons: [end] })], null],
    ['is well in one of several languages', template(), [info({ language: 'uk' }), info()], null],
  ];
  for (const [what, one, list, code] of cases)
    it(what, () => expect(compareTemplate(one, list)?.code ?? null).to.equal(code));

  it('names what is there instead', () => {
    expect(compareTemplate(template({ language: 'vi' }), [info(), info({ language: 'uk' })])?.params).to.deep.equal({
      template: 'news',
      language: 'vi',
      languages: 'en, uk',
    });
    expect(compareTemplate(template({ parameters: ['a', 'b'] }), [info()])?.params).to.include({ wanted: 1, given: 2 });
  });
});

describe('a template by itself', () => {
  const codes = (change: Partial<Template>): string[] =>
    checkTemplate(template(change), PUBLIC).map(({ path, code }) => `${path} ${code}`);

  it('may leave nothing empty for anybody', () => {
    expect(codes({ parameters: ['{{first_name}}', ' ', '{{first_name|friend}}'] })).to.deep.equal([
      'parameters.0 template_parameter_empty',
      'parameters.1 template_parameter_empty',
    ]);
    expect(codes({ buttons: [{ ...end, value: '{{code}}' }] })).to.deep.equal(['buttons.0.value template_end_empty']);
  });

  it('takes an address where clicks are counted, and the end of one elsewhere', () => {
    expect(codes({ buttons: [{ ...own, value: 'https://shop.example/a' }] })).to.deep.equal([]);
    expect(codes({ buttons: [{ ...own, value: 'a' }] })).to.deep.equal(['buttons.0.value url_invalid']);
    expect(codes({ buttons: [{ ...end, value: 'a?b' }] })).to.deep.equal([]);
    expect(codes({ buttons: [{ ...end, value: 'https://shop.example/a' }] })).to.deep.equal([
      'buttons.0.value template_end_whole',
    ]);
  });
});

describe('links in a template', () => {
  it('are found in a text, without what ends the sentence', () => {
    expect(parameterRuns('See https://shop.example/a?b={{code|x y}}, or (http://b.example).')).to.deep.equal([
      { text: 'See ' },
      { text: 'https://shop.example/a?b={{code|x y}}', link: 'https://shop.example/a?b={{code|x y}}' },
      { text: ', or (' },
      { text: 'http://b.example', link: 'http://b.example' },
      { text: ').' },
    ]);
    expect(parameterRuns('No address')).to.deep.equal([{ text: 'No address' }]);
    expect(parameterRuns('')).to.deep.equal([]);
  });

  it('have names of their own, so that their figures are not those of the message’s links', () => {
    const twice = template({ parameters: ['https://a.example and https://b.example', 'https://a.example'] });
    const names = linksOf(templateMessage(twice, PUBLIC)).map(({ buttonId, label }) => `${buttonId} ${label}`);
    expect(names).to.deep.equal(['template-link-1 https://a.example', 'template-link-2 https://b.example']);
  });

  it('are tracked on buttons of this server’s own address, and counted as untracked elsewhere', () => {
    const both = template({
      buttons: [
        { ...own, value: 'https://shop.example/a' },
        { ...end, value: 'b' },
      ],
    });
    expect(templateMessage(both, PUBLIC).elements.at(-1)).to.deep.equal({
      kind: 'buttons',
      rows: [[{ kind: 'link', id: 'template-button-1', label: 'Shop', url: 'https://shop.example/a' }]],
    });
    expect(untrackedLinks(both, { fixedLinks: 2 }, PUBLIC)).to.equal(3);
    expect(untrackedLinks(both, undefined, 'https://elsewhere.example')).to.equal(2);
  });
});
