// The statements that run for every group of messages, past knex's builder: one that answers rows, and several that
// happen together or not at all, which cost SQLite's thread a single message.
import { type Database, isMysql } from './database.ts';
import type { MysqlClient } from './mysql-client.ts';
import type { SqliteHandle, SqliteThreadClient, Statements } from './sqlite-client.ts';
import type { Step } from './sqlite-messages.ts';
import { isDeadlock, transact, TRIES } from './transact.ts';

export interface Asked<Row> {
  rows: Row[];
  changed: number;
}

type Answer = unknown[] | { affectedRows: number };

/** One statement. `rows` is empty where it only changes. */
export async function ask<Row = never>(db: Database, step: Step): Promise<Asked<Row>> {
  if (isMysql(db)) {
    const answer = await askMysql(db, step);
    return Array.isArray(answer) ? { rows: answer as Row[], changed: 0 } : { rows: [], changed: answer.affectedRows };
  }
  return withHandle(db, async (handle) => {
    const { rows, changes } = await handle.run(step);
    return { rows: (rows ?? []) as Row[], changed: changes };
  });
}

/** The rows of one statement as arrays, in the order of its columns: less to carry over where there are many. */
export async function askForArrays<Cell>(db: Database, { sql, bindings }: Step): Promise<Cell[][]> {
  if (isMysql(db)) return (await askMysql(db, { sql, bindings, arrays: true })) as Cell[][];
  return withHandle(db, async (handle) => ((await handle.run({ sql, bindings, arrays: true })).rows ?? []) as Cell[][]);
}

export interface Together {
  /** How many rows each step changed. */
  changed: number[];
  /** Milliseconds: on SQLite those in which nobody else was answered, on MySQL until the answer. */
  ms: number;
}

/** All steps or none; null, with nothing changed, where a step would change another number of rows than it must. */
export async function together(db: Database, steps: readonly Step[]): Promise<Together | null> {
  if (!isMysql(db)) {
    const { done, ms } = await withHandle(db, (handle) => handle.together(steps));
    return done && { changed: done.map(({ changes }) => changes), ms };
  }
  const started = performance.now();
  try {
    return await transact(db, async (trx) => {
      const counts: number[] = [];
      for (const step of steps) {
        const { changed } = await ask(trx, step);
        if (step.mustChange !== undefined && changed !== step.mustChange) throw new Unexpected();
        counts.push(changed);
      }
      return { changed: counts, ms: performance.now() - started };
    });
  } catch (error) {
    if (error instanceof Unexpected) return null;
    throw error;
  }
}

class Unexpected extends Error {}

/** Within a transaction over its connection, which is knex's; else over one of those kept for this. */
async function askMysql(db: Database, { sql, bindings, arrays = false }: Step): Promise<Answer> {
  if (!db.isTransaction) {
    const [answer] = await clientOf(db).onHot((hot) => hot.query({ sql, values: [...bindings], rowsAsArray: arrays }));
    return answer as Answer;
  }
  const query = db.raw(sql, [...bindings] as string[]).options(arrays ? { rowsAsArray: true } : {});
  return ((await query) as unknown as [Answer, unknown])[0];
}

const clientOf = (db: Database): MysqlClient => db.client as MysqlClient;

/**
 * On MySQL: steps that answer no rows, in one transaction and one trip; answers how many rows each changed. What loses to
 * a deadlock is tried again. Whoever is killed meanwhile may still have it done, but never in part.
 */
export async function inOneTrip(db: Database, steps: readonly Step[]): Promise<number[]> {
  const sql = ['start transaction', ...steps.map((step) => step.sql), 'commit'].join(';\n');
  const values = steps.flatMap(({ bindings }) => bindings);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [answers] = await clientOf(db).onHot((hot) => hot.query({ sql, values }));
      return (answers as unknown as { affectedRows: number }[]).slice(1, -1).map(({ affectedRows }) => affectedRows);
    } catch (error) {
      if (attempt === TRIES || !isDeadlock(error)) throw error;
    }
  }
}

/**
 * Within a transaction its connection; else past the pool, which lends the one connection to one at a time: then the
 * thread would stand still from each answer to the next question, and the event loop may be long about it.
 */
async function withHandle<T>(db: Database, work: (statements: Statements) => Promise<T>): Promise<T> {
  const { opened } = db.client as SqliteThreadClient;
  if (!db.isTransaction && opened) return work(opened.apart);
  const handle = (await db.client.acquireConnection()) as SqliteHandle;
  try {
    return await work(handle);
  } finally {
    await db.client.releaseConnection(handle);
  }
}
