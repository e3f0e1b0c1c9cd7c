// Notices that a database server is silent: its connections stand, and nothing comes back over them (a machine that
// hangs, a network that is gone). That a statement takes long proves nothing, since some do; so another connection asks
// whether the server is there at all, and only where it is not are the statements given up, as if it had gone away.
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, type PoolOptions } from 'mysql2/promise';

/** Time is counted in ticks that this process lived through: nobody is late because it was asleep itself. */
const TICK_MS = 1_000;
const SLOW_TICKS = 3;
const ANSWER_TICKS = 4;

/** What a statement runs over. */
export interface Line {
  threadId: number | null;
  destroy(): void;
}

export interface Lifeline {
  /** Runs a statement; gives it and its connection up when the server is found silent. */
  watch<T>(line: Line, statement: () => Promise<T>): Promise<T>;
  /** Throws while the server is known to be silent: nobody has to find it out anew. */
  expectAnswer(): void;
  end(): void;
}

export interface LifelineParts {
  /** Resolves when the server has answered, and has let go of the connections that were given up. */
  ask: (givenUp: readonly number[]) => Promise<void>;
  tickMs?: number;
}

export class ServerSilent extends Error {
  readonly code = 'SERVER_SILENT';

  constructor() {
    super('the database server accepts connections and does not answer');
    this.name = 'ServerSilent';
  }
}

interface Watched {
  begun: number;
  giveUp(): void;
}

export function createLifeline({ ask, tickMs = TICK_MS }: LifelineParts): Lifeline {
  const watched = new Set<Watched>();
  const givenUp = new Set<number>();
  let timer: NodeJS.Timeout | null = null;
  let ticks = 0;
  /** The tick in which the question under way was asked; null: none is. */
  let asked: number | null = null;
  let heard = 0;
  let silent = false;

  function tick(): void {
    ticks += 1;
    if (asked !== null) {
      if (ticks - asked >= ANSWER_TICKS) fallSilent();
      return;
    }
    // In the order of their beginning.
    const [oldest] = watched;
    const isSlow = oldest !== undefined && ticks - Math.max(oldest.begun, heard) >= SLOW_TICKS;
    if (silent || isSlow) askNow();
  }

  function askNow(): void {
    asked = ticks;
    const about = [...givenUp];
    ask(about)
      .then(() => {
        heard = ticks;
        for (const id of about) givenUp.delete(id);
        // Those that were given up since it was asked are named by the next question.
        silent = givenUp.size > 0;
      }, fallSilent)
      .finally(() => {
        asked = null;
      });
  }

  function fallSilent(): void {
    silent = true;
    for (const one of watched) one.giveUp();
    watched.clear();
  }

  return {
    async watch(line, statement) {
      timer ??= setInterval(tick, tickMs).unref();
      let giveUp = (): void => undefined;
      const silence = new Promise<never>((_resolve, reject) => {
        giveUp = () => {
          if (line.threadId !== null) givenUp.add(line.threadId);
          line.destroy();
          reject(new ServerSilent());
        };
      });
      const one: Watched = { begun: ticks, giveUp };
      watched.add(one);
      try {
        return await Promise.race([statement(), silence]);
      } finally {
        watched.delete(one);
      }
    },
    expectAnswer() {
      if (silent) throw new ServerSilent();
    },
    end() {
      if (timer) clearInterval(timer);
      timer = null;
    },
  };
}

// --- The question ---------------------------------------------------------------------------

const LONGEST_MS = 10_000;
const GONE_TRIES = 40;
const GONE_MS = 50;

/**
 * What was asked over a connection that was given up may still be done by a server that awakes, after what is asked
 * next: so these are ended first, and their end is waited for.
 */
export async function askServer(options: PoolOptions, givenUp: readonly number[]): Promise<void> {
  try {
    const connection = await createConnection({ ...options, connectTimeout: LONGEST_MS });
    // Without a listener a connection that breaks ends the process; who asks over it is told anyway.
    connection.on('error', () => undefined);
    const answer = async (sql: string): Promise<unknown[]> =>
      (await connection.query({ sql, timeout: LONGEST_MS }))[0] as unknown[];
    try {
      for (const id of givenUp) await answer(`kill ${id}`).catch(unlessRefused);
      if (givenUp.length === 0) return void (await answer('select 1'));
      const left = `select id from information_schema.processlist where id in (${givenUp.join(', ')})`;
      for (let tries = 0; tries < GONE_TRIES && (await answer(left)).length > 0; tries += 1) await pause(GONE_MS);
    } finally {
      connection.destroy();
    }
  } catch (error) {
    // Too many connections, for one: whoever refuses is there.
    if (givenUp.length > 0) throw error;
    unlessRefused(error);
  }
}

function unlessRefused(error: unknown): void {
  if (!String((error as { code?: unknown }).code).startsWith('ER_')) throw error;
}
