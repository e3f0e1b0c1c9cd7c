// Can this process serve? Asked of everything it stands on, each with a deadline: a database that does not answer must
// not keep the question from being answered.
import { setTimeout as pause } from 'node:timers/promises';
import type { Bus } from '../bus.ts';
import type { Meter } from '../meter.ts';
import type { Database } from '../store/database.ts';
import { pendingMigrations } from '../store/migrate.ts';

export interface ReadinessDeps {
  db: Database;
  bus: Bus;
  meter: Meter;
  now: () => number;
  /** Asked to stop: no more work is to come here. */
  isStopping: () => boolean;
}

/** In the words of an operator's tool, not of a page: this is read by machines. */
export interface NotReady {
  check: 'stopping' | 'database' | 'migrations' | 'redis' | 'sender';
  detail: string;
}

const DEADLINE_MS = 2_000;
/** The sender looks once a second; one look may take long on a busy database. */
const LOOK_MS = 30_000;

export function createReadiness({ db, bus, meter, now, isStopping }: ReadinessDeps): () => Promise<NotReady[]> {
  let isMigrated = false;

  async function migrations(): Promise<string | null> {
    if (isMigrated) return null;
    const pending = await pendingMigrations(db);
    isMigrated = pending.length === 0;
    return isMigrated ? null : `not applied: ${pending.join(', ')}`;
  }

  function sender(): string | null {
    if (meter.lookedAt === null) return null;
    const silent = now() - meter.lookedAt;
    return silent > LOOK_MS ? `has not looked for work for ${Math.round(silent / 1000)} s` : null;
  }

  return async () => {
    if (isStopping()) return [{ check: 'stopping', detail: 'was asked to stop' }];
    const [database, redis] = await Promise.all([
      answer(async () => void (await db.raw('select 1'))),
      answer(async () => void (await bus.ping())),
    ]);
    const found: [NotReady['check'], string | null][] = [
      ['database', database],
      ['migrations', database === null ? await migrations() : null],
      ['redis', redis],
      ['sender', sender()],
    ];
    return found.flatMap(([check, detail]) => (detail === null ? [] : [{ check, detail }]));
  };
}

/** Null when it answered in time, else why not; never with an address or a password. */
async function answer(ask: () => Promise<void>): Promise<string | null> {
  const late = new AbortController();
  try {
    return await Promise.race([
      ask().then(() => null),
      pause(DEADLINE_MS, `no answer within ${DEADLINE_MS} ms`, { signal: late.signal }),
    ]);
  } catch (error) {
    return (error as { code?: string }).code ?? 'refused';
  } finally {
    late.abort();
  }
}
