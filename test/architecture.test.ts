// The house rules that a machine can see: imports go downhill only, no cycle, no messenger's name in `src/`.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { CHANNEL_NAMES } from '../channels/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    if (name === 'node_modules') return [];
    if (statSync(join(ROOT, path)).isDirectory()) return filesBelow(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => {
    const target = match[2] ?? match[3] ?? '';
    const to = target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target;
    return { from: file, to, typeOnly: match[1] !== undefined };
  });
}

const isPackage = (target: string): boolean => !/\.(tsx?|json|css)$/.test(target);

/** The room a file lives in, and the rank of that room; lower ranks may be imported, rooms of one rank not. */
const ROOMS: readonly { room: string; rank: number; test: RegExp }[] = [
  { room: 'domain', rank: 0, test: /^src\/domain\// },
  { room: 'channels/lib', rank: 1, test: /^channels\/lib\// },
  { room: 'store', rank: 1, test: /^src\/store\// },
  { room: 'config', rank: 1, test: /^src\/config\.ts$/ },
  { room: 'i18n', rank: 1, test: /^src\/i18n\.ts$/ },
  { room: 'log', rank: 1, test: /^src\/log\.ts$/ },
  { room: 'meter', rank: 1, test: /^src\/meter\.ts$/ },
  { room: 'bus', rank: 1, test: /^src\/bus\.ts$/ },
  { room: 'inbound', rank: 2, test: /^src\/inbound\// },
  { room: 'outbound', rank: 2, test: /^src\/outbound\// },
  { room: 'stats', rank: 2, test: /^src\/stats\// },
  { room: 'orders', rank: 2, test: /^src\/orders\// },
  { room: 'http', rank: 3, test: /^src\/http\// },
  { room: 'roots', rank: 4, test: /^src\/[\w-]+\.ts$/ },
];

const roomOf = (file: string): { room: string; rank: number } | null => {
  const channel = /^channels\/([\w-]+)\//.exec(file)?.[1];
  if (channel && channel !== 'lib') return { room: `channels/${channel}`, rank: 1 };
  if (/^channels\/[\w-]+\.ts$/.test(file)) return { room: 'channels', rank: 1 };
  return ROOMS.find(({ test }) => test.test(file)) ?? null;
};

function mayImport(from: string, to: string): boolean {
  const [a, b] = [roomOf(from), roomOf(to)];
  if (!a || !b) return false;
  if (a.room === b.room) return true;
  // `channels/index.ts` is the one list of names; a channel shares only `channels/lib` with its neighbours.
  if (a.room === 'channels') return b.rank === 0 || b.room.startsWith('channels/');
  if (a.room.startsWith('channels/')) return b.rank === 0 || (b.room === 'channels/lib' && a.room !== b.room);
  if (b.room.startsWith('channels')) return a.room === 'roots';
  if (a.room === 'http' && b.room === 'outbound') return false;
  return a.rank > b.rank;
}

const ALLOWED_PACKAGES: Readonly<Record<string, RegExp>> = {
  domain: /^(luxon|croner|zod|node:crypto)$/,
  store: /^(knex(?:\/lib\/.+)?|luxon|better-sqlite3|mysql2(?:\/promise)?|node:.+)$/,
};

describe('architecture', () => {
  const files = [...filesBelow('src'), ...filesBelow('channels')];
  const imports = files.flatMap(importsOf);

  it('imports go downhill only, and rooms of one rank do not know each other', () => {
    const wrong = imports
      // The version stands in package.json and nowhere else.
      .filter(({ to }) => !isPackage(to) && to !== 'package.json')
      .filter(({ from, to }) => !mayImport(from, to))
      .map(({ from, to }) => `${from} → ${to}`);
    expect(wrong).to.deep.equal([]);
  });

  it('the core and the store use only the packages they are allowed', () => {
    const wrong = imports
      .filter(({ to }) => isPackage(to))
      .filter(({ from, to }) => {
        const allowed = ALLOWED_PACKAGES[roomOf(from)?.room ?? ''];
        return allowed !== undefined && !allowed.test(to);
      })
      .map(({ from, to }) => `${from} → ${to}`);
    expect(wrong).to.deep.equal([]);
  });

  it('the core never waits, looks at a clock, rolls dice or reads the environment', () => {
    const forbidden =
      /\basync\b|\bawait\b|Date\.now\(|new Date\(\)|Math\.random\(|process\.env|DateTime\.(now|utc\(\)|local\(\))/;
    const wrong = filesBelow('src/domain').filter((file) => {
      const code = readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return forbidden.test(code);
    });
    expect(wrong).to.deep.equal([]);
  });

  it('no file imports itself in a circle', () => {
    const next = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter(({ to }) => !isPackage(to))
          .map(({ to }) => to),
      ]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      else if (!done.has(file)) {
        for (const target of next.get(file) ?? []) walk(target, [...path, file]);
        done.add(file);
      }
    };
    for (const file of files) walk(file, []);
    expect(circles).to.deep.equal([]);
  });

  it("nothing outside the channels' own folders names a messenger", () => {
    // Some are called by plain words, which the sources use for other things too.
    const names = CHANNEL_NAMES.filter((name) => !['web', 'webhook', 'email', 'line', 'teams'].includes(name));
    const pattern = new RegExp(`(${names.join('|')})`, 'i');
    const wrong = [...filesBelow('src'), ...filesBelow('admin'), ...filesBelow('widget')].filter((file) =>
      pattern.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('the admin page and the widget take only types from the server, and only its API shapes', () => {
    const wrong = [...filesBelow('admin'), ...filesBelow('widget')]
      .flatMap(importsOf)
      .filter(({ to }) => !isPackage(to) && /^(src|channels|migrations)\//.test(to))
      .filter(({ to, typeOnly }) => !typeOnly || !/^src\/(http\/api|domain)\//.test(to))
      .map(({ from, to }) => `${from} → ${to}`);
    expect(wrong).to.deep.equal([]);
  });

  it('only config.ts reads the environment', () => {
    const wrong = files.filter(
      (file) => file !== 'src/config.ts' && /process\.env/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(wrong).to.deep.equal([]);
  });
});
