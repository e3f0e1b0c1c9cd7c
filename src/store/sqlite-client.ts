// SQLite behind knex, in a thread of its own: better-sqlite3 is synchronous, and in the event loop's thread every slow
// statement would hold up the pace of a mailing, pages and webhooks. knex builds and pools as ever; only the running
// of a statement crosses over.
import type { Knex } from 'knex';
import BetterSqlite3Client from 'knex/lib/dialects/better-sqlite3/index.js';
import type { Ask, Done, Reply, Step } from './sqlite-messages.ts';
import { startThread } from './thread.ts';

export interface Statements {
  /** One statement, within whatever transaction is open. */
  run(step: Step): Promise<Done>;
  /** All or nothing; null where a step changed another number of rows than it must. */
  together(steps: readonly Step[]): Promise<Answer>;
}

/** The one connection to the file: what tarn pools and transactions hold. */
export interface SqliteHandle extends Statements {
  /** For whoever does not hold it: in the order of asking, never within another's transaction. */
  apart: Statements;
  close(): Promise<void>;
}

interface Answer {
  done: Done[] | null;
  /** What it took the thread, without the waiting for it. */
  ms: number;
}

interface Pending {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

class SqliteError extends Error {
  readonly code: string;
  constructor({ message, code }: { message: string; code: string }) {
    super(message);
    this.name = 'SqliteError';
    this.code = code;
  }
}

function openSqlite(filename: string): Promise<SqliteHandle> {
  const worker = startThread('sqlite-thread', { filename });
  const pending = new Map<number, Pending>();
  let last = 0;
  let failure: Error | null = null;

  /** The thread keeps the process alive while an answer is awaited, and only then. */
  const settled = (id: number): Pending | undefined => {
    const waiting = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) worker.unref();
    return waiting;
  };

  const ask = (steps: readonly Step[], how: Pick<Ask, 'alone' | 'apart'>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      last += 1;
      if (pending.size === 0) worker.ref();
      pending.set(last, { resolve, reject });
      worker.postMessage({ id: last, steps, ...how } satisfies Ask);
    });

  worker.on('message', (reply: Reply) => {
    const waiting = settled(reply.id);
    if ('error' in reply) waiting?.reject(new SqliteError(reply.error));
    else waiting?.resolve(reply);
  });
  const end = (error: Error): void => {
    failure ??= error;
    for (const [id] of pending) settled(id)?.reject(failure);
  };
  worker.on('error', end);
  worker.once('exit', () => end(new SqliteError({ message: 'the database is closed', code: 'SQLITE_MISUSE' })));

  const statements = (apart: boolean): Statements => ({
    async run(step) {
      const { done } = await ask([step], { alone: true, apart });
      if (!done?.[0]) throw new Error('a statement without an answer');
      return done[0];
    },
    together: (steps) => ask(steps, { alone: false, apart }),
  });
  const handle: SqliteHandle = {
    ...statements(false),
    apart: statements(true),
    async close() {
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.ref();
      worker.postMessage('close');
      await ended;
    },
  };
  // The first statement tells whether the file could be opened.
  return handle.run({ sql: 'select 1', bindings: [] }).then(() => handle);
}

interface Query {
  sql: string;
  bindings?: readonly unknown[];
  response: unknown;
  context: { lastID: number; changes: number };
}

/** SQLite has neither dates nor booleans. */
function cellOf(value: unknown): unknown {
  if (value instanceof Date) return value.valueOf();
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Overrides what of knex's dialect touches the file. */
export class SqliteThreadClient extends BetterSqlite3Client {
  /** The connection, once there is one. */
  opened: SqliteHandle | null = null;

  override _driver(): null {
    return null;
  }

  override async acquireRawConnection(): Promise<SqliteHandle> {
    const { filename } = this.config.connection as Knex.Sqlite3ConnectionConfig;
    this.opened = await openSqlite(filename);
    return this.opened;
  }

  override destroyRawConnection(handle: SqliteHandle): Promise<void> {
    return handle.close();
  }

  override async _query(handle: SqliteHandle, query: Query): Promise<Query> {
    const { rows, changes, lastId } = await handle.run({
      sql: query.sql,
      bindings: (query.bindings ?? []).map(cellOf),
    });
    query.response = rows ?? { changes, lastInsertRowid: lastId };
    query.context = { lastID: lastId, changes };
    return query;
  }
}
