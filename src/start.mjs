// The one script behind `npm start`, `npm test`, `npm run build`, `npm run bench` and `npm run herald`: installs what is
// missing, builds what is older than its sources, then runs. It uses nothing but Node, since on a fresh clone there is
// nothing else.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [mode = '--serve', ...rest] = process.argv.slice(2);
const quiet = mode === '--cli';
const say = (text) => quiet || console.log(text);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Herald needs Node.js 20.19 or newer; this is ${process.versions.node}. Install a newer one from nodejs.org.`,
  );
  process.exit(1);
}

/** Runs a program; resolves with its exit code. Signals that reach us reach it too. */
function run(command, args, { heard, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
    const pass = (signal) => child.kill(signal);
    child.stdout?.setEncoding('utf8').on('data', heard);
    process.on('SIGINT', pass);
    process.on('SIGTERM', pass);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', pass);
      process.off('SIGTERM', pass);
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}

async function must(what, command, args) {
  say(`${what} …`);
  // A build says much that only its failure makes worth reading.
  const code = await run(command, args, quiet ? { stdio: ['ignore', 'ignore', 'inherit'] } : {});
  if (code !== 0) {
    console.error(`${what} failed (exit ${code}). Nothing was started; the lines above say why.`);
    process.exit(code);
  }
}

const timeOf = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** The newest change below these files and folders. */
function newest(...paths) {
  let time = 0;
  for (const path of paths) {
    const full = join(ROOT, path);
    if (!existsSync(full)) continue;
    const stat = statSync(full);
    if (!stat.isDirectory()) time = Math.max(time, stat.mtimeMs);
    else for (const entry of readdirSync(full)) time = Math.max(time, newest(join(path, entry)));
  }
  return time;
}

async function install() {
  const stamp = join(ROOT, 'node_modules/.package-lock.json');
  if (timeOf(stamp) >= timeOf(join(ROOT, 'package-lock.json'))) return;
  await must('Installing packages (the first time takes a minute or two)', 'npm', [
    'ci',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  // npm writes the lock's own time into the stamp on some systems: mark it as done now.
  if (existsSync(stamp)) utimesSync(stamp, new Date(), new Date());
}

const BUILDS = [
  {
    what: 'Building the server',
    stamp: 'dist/.server',
    sources: ['src', 'channels', 'migrations', 'knexfile.ts', 'tsconfig.json', 'package-lock.json'],
    command: ['node_modules/.bin/tsc', '-p', 'tsconfig.json'],
  },
  {
    what: 'Building the admin page',
    stamp: 'dist/.admin',
    sources: ['admin', 'locales', 'package-lock.json'],
    command: ['node_modules/.bin/vite', 'build', '--config', 'admin/vite.config.ts', '--logLevel', 'warn'],
  },
  {
    what: 'Building the chat widget',
    stamp: 'dist/.widget',
    sources: ['widget', 'locales', 'package-lock.json'],
    command: ['node_modules/.bin/vite', 'build', '--config', 'widget/vite.config.ts', '--logLevel', 'warn'],
  },
];

async function build() {
  for (const { what, stamp, sources, command } of BUILDS) {
    const began = Date.now();
    if (timeOf(join(ROOT, stamp)) > newest(...sources)) continue;
    await must(what, join(ROOT, command[0]), command.slice(1));
    mkdirSync(join(ROOT, 'dist'), { recursive: true });
    writeFileSync(join(ROOT, stamp), '');
    // A file saved while the build ran must count as newer.
    utimesSync(join(ROOT, stamp), new Date(began), new Date(began));
  }
}

/**
 * Megabytes for what is young. With Node's 16 what a sender has under way outlives them, and copying it cost a fifth of
 * the speed (2026-11); memory grows to this only while there is that much to do.
 */
const YOUNG_MB = 32;
const SERVER_FLAGS = ['--enable-source-maps', `--max-semi-space-size=${YOUNG_MB}`];
/** Benches start processes of their own. */
const BENCH_ENVIRONMENT = { ...process.env, NODE_OPTIONS: SERVER_FLAGS.join(' ') };

const MODES = {
  '--serve': async () => run(process.execPath, [...SERVER_FLAGS, 'dist/src/main.js', ...rest]),
  '--build-only': async () => 0,
  '--cli': async () => run(process.execPath, ['--enable-source-maps', 'dist/src/cli.js', ...rest]),
  '--simulator': async () => run(process.execPath, ['--enable-source-maps', 'dist/src/simulator.js', ...rest]),
  '--bench': async () => run(process.execPath, ['dist/bench/run.js', ...rest], { env: BENCH_ENVIRONMENT }),
  '--test': async () => (rest.length > 0 ? mocha(rest) : testAll()),
};

const mocha = (args, stdio = 'inherit', heard = () => {}) =>
  run(process.execPath, ['node_modules/mocha/bin/mocha.js', ...args], {
    env: { ...process.env, NODE_ENV: 'test', HERALD_BUILT: 'true' },
    stdio,
    heard,
  });

const ENGINE = 'test/outbound/**/*.test.ts';
/** Looks at every second on the wire for two minutes: nothing may run beside it. */
const ALONE = 'test/outbound/crash-outage.test.ts';

/** The engine's tests wait more than they work, so the others run beside them. What the engine's print waits its turn. */
async function testAll() {
  let kept = '';
  let print = (text) => (kept += text);
  const engine = mocha([ENGINE, '--ignore', ALONE], ['inherit', 'pipe', 'inherit'], (text) => print(text));
  const others = await mocha(['test/**/*.test.ts', '--ignore', ENGINE]);
  process.stdout.write(kept);
  print = (text) => process.stdout.write(text);
  const codes = [others, await engine, await mocha([ALONE])];
  return Math.max(...codes);
}

const runMode = MODES[mode];
if (!runMode) {
  console.error(`Unknown mode ${mode}. Known: ${Object.keys(MODES).join(', ')}.`);
  process.exit(2);
}
await install();
await build();
process.exitCode = await runMode();
