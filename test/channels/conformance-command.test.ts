// `npm run conformance` as a person runs it: on the example, on nothing, and on a copy of the example elsewhere whose
// promises are broken one by one, each of which the report must name.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EXAMPLE = join(ROOT, 'test/example-channel');

function prove(...args: string[]): Promise<{ code: number | null; output: string }> {
  const command = ['--import', 'tsx', 'test/conformance/command.ts', ...args];
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** What is written in place of what, and the promise that breaks with it. */
const BREACHES: readonly { file: string; from: string; to: string; promise: string }[] = [
  { file: 'texts.json', from: '"Mã truy cập"', to: '" "', promise: 'says its name and explains its credentials' },
  { file: 'capabilities.ts', from: 'delivered: true', to: 'delivered: false', promise: 'declares the receipts' },
  {
    file: 'capabilities.ts',
    from: 'window: null',
    to: "window: { hours: 24, outside: 'template' }",
    promise: 'declares what agrees with its members',
  },
  {
    file: 'render.ts',
    from: '[{ label, token }]',
    to: '[{ label: `${label} ›››`, token }]',
    promise: 'never exceed a declared limit',
  },
  { file: 'render.ts', from: '[{ label, url }]', to: '[]', promise: 'renders every word and every button' },
  { file: 'index.ts', from: '&& fresh ', to: '', promise: 'takes no request that was signed too long ago' },
  {
    file: 'index.ts',
    from: '.update(body)',
    to: '.update(body.toString().trimEnd())',
    promise: 'takes no signature with another body',
  },
  { file: 'parse.ts', from: 'externalId: id', to: 'externalId: id + Math.random()', promise: 'the same external ids' },
  {
    file: 'index.ts',
    from: 'detail: `no answer (${error.code})`',
    to: 'detail: String(bot.credentials.token)',
    promise: 'answers "failed" for a platform that is not there',
  },
  { file: 'index.ts', from: 'case 403:', to: 'case 499:', promise: 'answers "refused" for a block' },
];

describe('npm run conformance', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'herald-conformance-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The example in a folder of somebody else's, which finds Herald by its path. */
  const copyExample = (name: string, breaches: typeof BREACHES): string => {
    const copy = join(folder, name);
    mkdirSync(copy);
    cpSync(EXAMPLE, copy, { recursive: true });
    for (const file of readdirSync(copy).filter((entry) => /\.(ts|json)$/.test(entry))) {
      let text = readFileSync(join(copy, file), 'utf8');
      for (const breach of breaches.filter((one) => one.file === file)) {
        expect(text, `${file} of the example`).to.include(breach.from);
        text = text.replace(breach.from, breach.to);
      }
      writeFileSync(join(copy, file), text.replaceAll("'../../", `'${ROOT}`).replaceAll("'../", `'${ROOT}test/`));
    }
    return copy;
  };

  it('proves the example, also where somebody keeps it elsewhere', async () => {
    const { code, output } = await prove(copyExample('kept', []));
    expect(output).to.match(/\n\d+ promises kept, 0 broken\.\n$/);
    expect(code).to.equal(0);
  });

  it('names every promise that is broken, tells no more than that, and ends with 1', async () => {
    const copy = copyExample('broken', BREACHES);
    rmSync(join(copy, 'README.md'));
    const { code, output } = await prove(copy);
    expect(code).to.equal(1);
    for (const promise of ['has a README', ...BREACHES.map((breach) => breach.promise)]) {
      expect(output, promise).to.match(new RegExp(`✖ [^\\n]*${promise.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
    }
  });

  it('says what is missing where there is nothing to prove', async () => {
    const cases: [args: string[], words: RegExp][] = [
      [[], /Which channel\? npm run conformance -- <folder>/],
      [['no-such-folder'], /There is no folder no-such-folder\.\nChannels here: .*telegram/],
      [[folder], /has no kit\.test\.ts/],
      [['channels/lib'], /has no test\/channels\/lib\.test\.ts/],
    ];
    const answers = await Promise.all(cases.map(([args]) => prove(...args)));
    for (const [index, { code, output }] of answers.entries()) {
      expect(code).to.equal(2);
      expect(output).to.match(cases[index]![1]);
    }
  });
});
