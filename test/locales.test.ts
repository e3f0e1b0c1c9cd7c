// Every language has the same texts: the same files, the same keys (plural forms by each language's own rules), the
// same placeholders.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect } from 'chai';
import { LANGUAGES } from '../src/i18n.ts';

const FOLDER = fileURLToPath(new URL('../locales/', import.meta.url));
const PLURAL = /_(zero|one|two|few|many|other)$/;

type Texts = { [key: string]: string | Texts };

const read = (language: string, file: string): Texts =>
  JSON.parse(readFileSync(join(FOLDER, language, file), 'utf8')) as Texts;

const flatten = (texts: Texts, prefix = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  );

const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/{{\s*(\w+)/g)].map((match) => match[1] ?? ''))]
    .filter((name) => name !== 'count')
    .sort();

describe('locales', () => {
  const files = readdirSync(join(FOLDER, 'en')).sort();

  for (const language of LANGUAGES.filter((name) => name !== 'en')) {
    it(`${language} has the files of English`, () => {
      expect(readdirSync(join(FOLDER, language)).sort()).to.deep.equal(files);
    });

    for (const file of files) {
      it(`${language}/${file} has the keys and placeholders of English`, () => {
        const english = new Map(flatten(read('en', file)));
        const own = new Map(flatten(read(language, file)));
        // `too_many` is a word, `people_many` a plural form: only a key that has `_other` counts.
        const stem = (key: string): string => {
          const base = key.replace(PLURAL, '');
          return english.has(`${base}_other`) ? `${base}_*` : key;
        };
        const stems = (map: Map<string, string>): string[] => [...new Set([...map.keys()].map(stem))].sort();
        expect(stems(own)).to.deep.equal(stems(english));
        for (const [key, text] of own) {
          const model = english.get(key) ?? english.get(key.replace(PLURAL, '_other')) ?? '';
          expect(placeholders(text), key).to.deep.equal(placeholders(model));
          expect(text.trim(), key).to.not.equal('');
        }
      });

      it(`${language}/${file} has each plural form the language needs`, () => {
        const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
        const own = flatten(read(language, file)).map(([key]) => key);
        const bases = own.filter((key) => key.endsWith('_other')).map((key) => key.replace(PLURAL, ''));
        for (const base of bases) {
          const missing = needed.filter((form) => !own.includes(`${base}_${form}`));
          expect(missing, base).to.deep.equal([]);
        }
      });
    }
  }
});
