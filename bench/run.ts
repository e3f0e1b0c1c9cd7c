// `npm run bench <name> [-- --json …]`: runs one bench, prints its figures by name and, with `--json`, ends with one line
// of JSON. Every bench measures its plain baseline in the same run.
import { parseArgs } from 'node:util';
import { keepHeapSmall } from '../src/heap.ts';
import type { Bench } from './bench.ts';

const BENCHES: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  engine: () => import('./engine.ts'),
  memory: () => import('./memory.ts'),
  pace: () => import('./pace.ts'),
  plan: () => import('./plan.ts'),
  senders: () => import('./senders.ts'),
};

// As the server does.
keepHeapSmall();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, people: { type: 'string' }, rounds: { type: 'string' } },
});
const name = positionals[0] ?? '';
const load = BENCHES[name];
if (!load) {
  console.error(`There is no bench "${name}". There are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(1);
}
const { bench } = await load();
const figures = await bench({
  people: number(values.people),
  rounds: number(values.rounds),
  note: (line) => console.error(line),
});
for (const [figure, value] of Object.entries(figures)) console.log(`${figure.padEnd(24)} ${value}`);
if (values.json) console.log(JSON.stringify({ bench: name, figures }));
process.exit(0);

function number(text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    console.error(`--people and --rounds must be whole numbers from 1, not "${text}".`);
    process.exit(1);
  }
  return value;
}
