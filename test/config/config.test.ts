import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CHANNEL_NAMES } from '../../channels/index.ts';
import { apiRootVariable, readConfig, VARIABLES } from '../../src/config.ts';
import { hasText, LANGUAGES } from '../../src/i18n.ts';
import { Problem } from '../../src/domain/problem.ts';

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');

const refusal = (environment: NodeJS.ProcessEnv): Problem => {
  try {
    readConfig(environment, ['telegram']);
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error('nothing was refused');
};

describe('readConfig', () => {
  it('needs no variable at all', () => {
    expect(readConfig({}, CHANNEL_NAMES)).to.include({
      port: 3000,
      databaseUrl: 'sqlite:data/herald.sqlite',
      role: 'all',
    });
  });

  it('takes an empty variable for none', () => {
    expect(readConfig({ PORT: '', SECRET_KEY: '' }, []).port).to.equal(3000);
  });

  const BAD: Record<string, string> = {
    PORT: 'http',
    HOST: '',
    DATABASE_URL: 'postgres://x',
    REDIS_URL: 'localhost',
    ROLE: 'worker',
    SECRET_KEY: 'short',
    INSTANCE_ID: 'two words',
    PUBLIC_URL: 'bots.example.com',
    LOG_LEVEL: 'loud',
    ALLOW_PRIVATE_ADDRESSES: 'yes',
    TRUST_PROXY: '-1',
    TELEGRAM_API_ROOT: 'ftp://x',
  };
  for (const [variable, value] of Object.entries(BAD).filter(([, text]) => text !== '')) {
    it(`names ${variable} when it is ${JSON.stringify(value)}`, () => {
      const { fields } = refusal({ [variable]: value });
      expect(fields.map((field) => field.path)).to.deep.equal([variable]);
      expect(hasText(`problems:${fields[0]?.code}`), fields[0]?.code).to.equal(true);
    });
  }

  it('names every bad variable at once', () => {
    expect(refusal({ PORT: 'x', ROLE: 'y' }).fields.map((field) => field.path)).to.have.members(['PORT', 'ROLE']);
  });

  it('asks for Redis when the roles are split', () => {
    expect(refusal({ ROLE: 'sender' }).fields[0]).to.include({ path: 'REDIS_URL', code: 'config_redis_needed' });
  });

  it('keeps the API roots by channel', () => {
    expect(readConfig({ TELEGRAM_API_ROOT: 'http://127.0.0.1:9/' }, ['telegram']).apiRoots).to.deep.equal({
      telegram: 'http://127.0.0.1:9',
    });
  });
});

describe('.env.example', () => {
  const offered = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);

  it('explains exactly the variables that are read', () => {
    // The website chat has no platform and so no API root.
    const roots = CHANNEL_NAMES.filter((name) => name !== 'web').map(apiRootVariable);
    expect(offered.sort()).to.deep.equal([...Object.keys(VARIABLES), ...roots].sort());
  });

  it('has a sentence above each', () => {
    for (const block of example.split('\n\n').slice(1)) expect(block.trim().startsWith('# '), block).to.equal(true);
  });

  it(`has a refusal for each in ${LANGUAGES.length} languages`, () => {
    for (const variable of Object.keys(VARIABLES)) {
      if (variable === 'HOST' || variable === 'DATA_FOLDER') continue; // any text will do
      expect(hasText(`problems:config_${variable.toLowerCase()}`), variable).to.equal(true);
    }
  });
});
