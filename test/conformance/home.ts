// A channel is complete in its folder: a README, fixtures of real payloads, and its texts in every language.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { CHANNEL_NAMES } from '../../channels/index.ts';
import type { Channel } from '../../src/domain/channel.ts';
import { hasText, LANGUAGES, type Language, translate } from '../../src/i18n.ts';
import type { ConformanceFixtures } from './fixtures.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A text below `channels:<name>`; undefined where there is none in that very language. */
type FindText = (language: Language, key: string) => string | undefined;

export function declareHome(name: string, channel: Channel, { home }: ConformanceFixtures): void {
  const textOf = home === undefined ? ownText(name) : textIn(join(home, 'texts.json'));

  it('goes by its own name', () => {
    expect(channel.name)
      .to.equal(name)
      .and.match(/^[a-z][a-z0-9_]{0,31}$/);
    if (home === undefined) expect(CHANNEL_NAMES).to.include(name);
  });

  it('has a README and fixtures of real payloads', () => {
    const readme = home === undefined ? root(`channels/${name}/README.md`) : join(home, 'README.md');
    const folder = home === undefined ? root(`test/fixtures/${name}`) : join(home, 'fixtures');
    expect(existsSync(readme), `README.md in ${readme}`).to.equal(true);
    const fixtures = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
    expect(fixtures.length, `*.json in ${folder}`).to.be.at.least(1);
  });

  it('says its name and explains its credentials and choices in every language', () => {
    const keys = [
      'title',
      'help',
      ...(channel.credentials.length > 0 ? ['where'] : []),
      ...channel.credentials.flatMap(({ key }) => [`${key}.label`, `${key}.help`]),
      ...(channel.capabilities.choices ?? []).map(({ key }) => `choices.${key}`),
    ];
    const missing = LANGUAGES.flatMap((language) =>
      keys.filter((key) => !textOf(language, key)?.trim()).map((key) => `${language}: ${key}`),
    );
    expect(missing, 'texts that are missing').to.deep.equal([]);
  });

  it('checks the shape of credentials by expressions that can be read', () => {
    for (const { pattern } of channel.credentials) if (pattern !== undefined) RegExp(pattern, 'u');
  });
}

/** A choice may have a label and a help of its own instead of one sentence. */
const ownText =
  (name: string): FindText =>
  (language, key) => {
    const full = [`channels:${name}.${key}.label`, `channels:${name}.${key}`].find(hasText);
    return full && translate(language, full);
  };

function textIn(path: string): FindText {
  const texts: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  return (language, key) => {
    let found: unknown = texts;
    for (const part of [language, ...key.split('.')]) {
      found = typeof found === 'object' && found !== null ? Reflect.get(found, part) : undefined;
    }
    return typeof found === 'string' ? found : undefined;
  };
}
