// The sources as JavaScript, for tests that start a hundred processes: without a TypeScript loader one starts three times
// as fast. Made once for each run of the tests, in a temporary folder that looks like the project.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ENTRIES = ['test/support/sender-process.ts', 'test/support/sink-process.ts', 'src/store/*-thread.ts'];
const LINKED = ['node_modules', 'locales'];

let made: Promise<string> | null = null;

async function compile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'herald-compiled-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      rootDir: ROOT,
      outDir: folder,
      noCheck: true,
      sourceMap: false,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    include: ENTRIES.map((entry) => join(ROOT, entry)),
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(folder, name));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', folder]);
  return folder;
}

/** The compiled form of a file in this folder: `sender-process` … */
export async function compiled(name: string): Promise<URL> {
  // A bench runs compiled itself, and so is everything beside it.
  if (import.meta.url.endsWith('.js')) return new URL(`./${name}.js`, import.meta.url);
  return pathToFileURL(join(await (made ??= compile()), 'test/support', `${name}.js`));
}
