// The thread that owns the SQLite file. It answers one message after the other: a statement, or several that happen
// together or not at all.
import { parentPort, workerData } from 'node:worker_threads';
import SqliteFile, { type Statement } from 'better-sqlite3';
import { lowerCase } from '../domain/text.ts';
import { createFlush } from './sqlite-flush.ts';
import type { Ask, Done, Reply, Step } from './sqlite-messages.ts';

const KEPT_STATEMENTS = 256;
const CHANGES_SCHEMA = /^\s*(create|alter|drop)\b/i;

const { filename } = workerData as { filename: string };
const file = new SqliteFile(filename);
file.pragma('journal_mode = WAL');
file.pragma('synchronous = NORMAL');
file.pragma('busy_timeout = 5000');
// Larger is slower: each commit that moved a page between its neighbours walks over all that is cached (2026-11).
file.pragma('cache_size = -8192');
// SQLite's own lower() knows only ASCII.
file.function('unicode_lower', { deterministic: true }, (text) => (typeof text === 'string' ? lowerCase(text) : null));

const flush = createFlush(file.memory ? null : `${filename}-wal`);
const kept = new Map<string, Statement>();

/** Compiling a statement costs as much as running it: the latest ones are kept. */
function prepare(sql: string): Statement {
  if (CHANGES_SCHEMA.test(sql)) kept.clear();
  const statement = kept.get(sql) ?? file.prepare(sql);
  // The one used longest ago goes first: a map keeps the order of insertion.
  kept.delete(sql);
  kept.set(sql, statement);
  if (kept.size > KEPT_STATEMENTS) kept.delete(kept.keys().next().value ?? '');
  return statement;
}

function run({ sql, bindings, arrays = false }: Step): Done {
  const statement = prepare(sql);
  if (statement.reader) return { rows: statement.raw(arrays).all(bindings), changes: 0, lastId: 0 };
  const { changes, lastInsertRowid } = statement.run(bindings);
  return { rows: null, changes, lastId: Number(lastInsertRowid) };
}

/** Ends early, with nothing changed, at a step that changed another number of rows than it must. */
const together = file.transaction((steps: readonly Step[]): Done[] =>
  steps.map((step) => {
    const done = run(step);
    if (step.mustChange !== undefined && done.changes !== step.mustChange) throw new Unexpected();
    return done;
  }),
);

class Unexpected extends Error {}

function reply({ id, steps, alone }: Ask): Reply {
  const started = performance.now();
  const took = (): number => performance.now() - started;
  try {
    return { id, done: alone ? steps.map(run) : together(steps), ms: took() };
  } catch (error) {
    if (error instanceof Unexpected) return { id, done: null, ms: took() };
    const { message, code } = error as { message: string; code?: string };
    return { id, error: { message, code: code ?? 'SQLITE_ERROR' } };
  }
}

/** What came past the pool while a transaction of others is open. */
const waiting: Ask[] = [];

parentPort?.on('message', (ask: Ask | 'close') => {
  if (ask === 'close') {
    file.close();
    parentPort?.close();
    return;
  }
  waiting.push(ask);
  if (!ask.apart) answer(waiting.pop());
  while (!file.inTransaction && waiting.length > 0) answer(waiting.shift());
});

function answer(ask: Ask | undefined): void {
  if (!ask) return;
  const told = reply(ask);
  const say = (reply: Reply): void => parentPort?.postMessage(reply);
  if (!ask.steps.some(({ durable }) => durable)) return say(told);
  flush((error) => say(error ? { id: ask.id, error: { message: error.message, code: 'SQLITE_IOERR_FSYNC' } } : told));
}
