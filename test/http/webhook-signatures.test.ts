// Who may speak on /webhooks/:key. Each channel's own test hands signed, wrong, stale and strangers' requests to the conformance
// kit, which sends them over HTTP to the real router (test/conformance/over-http.ts): right ones are stored once, all others
// are a 401 that never touches the store. Here no channel may be missing from that, and none may compare secrets letter by letter.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createChannels } from '../../channels/index.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const channels = [
  ...createChannels({
    readMedia: async () => null,
    mailbox: { append: async () => [] },
    allowPrivateAddresses: false,
    now: () => 0,
    translate: (_language, key) => key,
  }).values(),
];
const called = channels.filter(({ capabilities }) => capabilities.inbound.includes('webhook'));

/** The files of a channel, and those of `channels/lib` that they stand on. */
function filesOf(name: string): Map<string, string> {
  const files = new Map<string, string>();
  const walk = (file: string): void => {
    if (files.has(file) || !file.startsWith(join(ROOT, 'channels/'))) return;
    const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    files.set(file, code);
    for (const [, path] of code.matchAll(/\sfrom '(\.[^']+)'/g)) walk(resolve(dirname(file), path!));
  };
  walk(join(ROOT, 'channels', name, 'index.ts'));
  return files;
}

/** Comparing digests, or checking a signature by a public key, where there is nothing to guess letter by letter. */
const CONSTANT_TIME = /\b(?:sameSecret|timingSafeEqual|jwtVerify)\(|\bverify(?: as \w+)?\b[^;]*from 'node:crypto'/;

/** A secret, or what is made of one, beside something else than nothing. */
const SECRET = String.raw`[\w.?\])]*(?:signature|secret|hmac|digest|mac)\w*(?:\([^()]*\))?`;
const OTHER = String.raw`(?!undefined\b|null\b|''|0\b)[\w'"\x60]`;
const LETTER_BY_LETTER = new RegExp(
  String.raw`\b${SECRET}\s*[!=]==?\s*${OTHER}|(?<![\w'"])(?!typeof)[\w.]+\s*[!=]==?\s*${SECRET}\b|${SECRET}\.(?:equals|localeCompare)\(`,
  'i',
);

describe('the signatures of webhooks', () => {
  it('are proved over HTTP for every channel that is called', () => {
    const missing = called
      .map(({ name }) => ({ name, path: join(ROOT, 'test/channels', `${name}.test.ts`) }))
      .filter(({ name, path }) => {
        const code = existsSync(path) ? readFileSync(path, 'utf8') : '';
        return !code.includes(`conformance('${name}'`) || /\brequests:\s*null\b/.test(code);
      });
    expect(called.length).to.be.at.least(10);
    expect(missing.map(({ name }) => name)).to.deep.equal([]);
  });

  it('are asked of nobody but the platform: a channel that nobody calls takes no request', async () => {
    for (const channel of channels.filter((one) => !called.includes(one))) {
      const request = { method: 'POST', headers: {}, query: {}, body: Buffer.from('{}'), url: 'https://h.example/' };
      const bot = {
        id: 1,
        publicId: 'b',
        externalId: 'b',
        name: 'b',
        credentials: {},
        apiRoot: null,
        webhookSecret: 's',
      };
      expect(await channel.verify(request, bot), channel.name).to.equal(false);
    }
  });

  for (const { name } of called) {
    it(`take the same time for every wrong answer: ${name}`, () => {
      const checking = [...filesOf(name)].filter(([, code]) => CONSTANT_TIME.test(code));
      expect(checking.length, 'files that compare in constant time').to.be.at.least(1);
      const wrong = checking.flatMap(([file, code]) =>
        code
          .split('\n')
          .filter((line) => LETTER_BY_LETTER.test(line))
          .map((line) => `${file.slice(ROOT.length)}: ${line.trim()}`),
      );
      expect(wrong).to.deep.equal([]);
    });
  }

  it('would be found out: the rule knows comparisons letter by letter', () => {
    for (const line of [
      'return given === signature;',
      'if (headers.x !== expectedSignature) return false;',
      'return hmacOf(body) === given;',
      'return bot.webhookSecret === given;',
      'return digest.equals(other);',
    ]) {
      expect(LETTER_BY_LETTER.test(line), line).to.equal(true);
    }
    for (const line of [
      "return webhookSecret !== '' && sameSecret(given, expected);",
      'if (signature === undefined) return false;',
      "if (secret === '') return false;",
    ]) {
      expect(LETTER_BY_LETTER.test(line), line).to.equal(false);
    }
  });
});
