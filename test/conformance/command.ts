// `npm run conformance -- <folder>`: proves one channel, in channels/ or anywhere, and prints a report. Ends with 1 when a
// promise is broken, with 2 when there is nothing to prove.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';
import { TITLE } from './fixtures.ts';
import { Report } from './report.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CHANNELS = join(ROOT, 'channels');
/** As in package.json. */
const TIMEOUT_MS = 20_000;
/** What a channel that lives elsewhere calls its promises. */
const KIT = 'kit.test.ts';

/** The file that calls `conformance`; words for the person where there is none. */
function findKit(given: string | undefined): { file: string } | { problem: string } {
  if (given === undefined) return { problem: `Which channel? npm run conformance -- <folder>\n${known()}` };
  // npm changes to the project's folder; the path was typed somewhere else.
  const folder = [resolve(process.env.INIT_CWD ?? '', given), join(CHANNELS, given)].find(
    (path) => existsSync(path) && statSync(path).isDirectory(),
  );
  if (!folder) return { problem: `There is no folder ${given}.\n${known()}` };
  const own = join(folder, KIT);
  if (existsSync(own)) return { file: own };
  if (dirname(folder) !== CHANNELS) {
    return { problem: `${given} has no ${KIT}: a file that calls conformance(…). See docs/add-a-channel.md.` };
  }
  const file = join(ROOT, 'test/channels', `${basename(folder)}.test.ts`);
  if (existsSync(file)) return { file };
  return {
    problem: `${given} has no ${relative(ROOT, file)}, which would call conformance(…). See docs/add-a-channel.md.`,
  };
}

const known = (): string => {
  const names = readdirSync(CHANNELS, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'lib',
  );
  return `Channels here: ${names.map(({ name }) => name).join(', ')}. A folder elsewhere needs a ${KIT}.`;
};

async function prove(file: string): Promise<number> {
  const mocha = new Mocha({ reporter: Report, grep: new RegExp(` ${TITLE} `), timeout: TIMEOUT_MS });
  mocha.addFile(file);
  await mocha.loadFilesAsync();
  if (mocha.suite.total() === 0 || !mocha.suite.suites.some(({ title }) => title.endsWith(TITLE))) {
    console.error(`${file} does not call conformance(…). See docs/add-a-channel.md.`);
    return 2;
  }
  return new Promise((done) => mocha.run((failures) => done(failures > 0 ? 1 : 0)));
}

const found = findKit(process.argv[2]);
if ('problem' in found) {
  console.error(found.problem);
  process.exitCode = 2;
} else {
  console.log(`Conformance of ${relative(process.cwd(), dirname(found.file)) || '.'}/${basename(found.file)}`);
  // A channel under proof may leave timers and sockets behind.
  process.exit(await prove(found.file));
}
