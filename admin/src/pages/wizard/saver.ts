// Saves a draft by itself: some time after the last change, one request at a time, each with the version it edited.
// What is typed while a request is under way waits for the next one; an answer only ever moves the version on. What
// could not be saved stays here and is tried again. What is held waits until a person says to save it.
import type { MailingPatch } from '../../../../src/http/api/mailings.ts';

export type Changes = Omit<MailingPatch, 'version'>;

export type SaveState =
  | { kind: 'saved'; at: number | null }
  | { kind: 'waiting' }
  /** Changed, and saved only when a person says so. */
  | { kind: 'held' }
  | { kind: 'saving' }
  /** The server was not reached or failed; it is tried again by itself. */
  | { kind: 'retrying' }
  /** The server found something wrong with the draft; the next change tries again. */
  | { kind: 'refused'; message: string; fields: Fields }
  /** Somebody else changed the draft meanwhile. */
  | { kind: 'conflict' };

/** What a failed save means. */
export type SaveFailure =
  | { kind: 'passing' }
  | { kind: 'conflict' }
  | { kind: 'refused'; message: string; fields: Fields };

/** What is wrong with which field: path → sentence. */
type Fields = Readonly<Record<string, string>>;

export interface SaverDeps {
  version: number;
  /** Saves nothing by itself. */
  held?: boolean;
  save(patch: MailingPatch): Promise<{ version: number }>;
  explain(error: unknown): SaveFailure;
  onState(state: SaveState): void;
  /** Keeps unsaved changes where a closed tab cannot lose them; null: nothing is unsaved. */
  keep(unsaved: { version: number; changes: Changes } | null): void;
  now(): number;
}

export interface Saver {
  change(changes: Changes): void;
  /** Saves what is unsaved now; answers whether all is saved. */
  flush(): Promise<boolean>;
  isSaved(): boolean;
  version(): number;
  close(): void;
}

export const SAVE_AFTER_MS = 800;
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 30_000;

export function createSaver(deps: SaverDeps): Saver {
  let version = deps.version;
  let unsaved: Changes | null = null;
  let running: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let blocked = false;
  let closed = false;

  const tell = (state: SaveState): void => {
    if (!closed) deps.onState(state);
  };

  const later = (ms: number): void => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void run(), ms);
  };

  function run(): Promise<void> {
    running ??= saveAll().finally(() => {
      running = null;
    });
    return running;
  }

  async function saveAll(): Promise<void> {
    clearTimeout(timer);
    while (unsaved && !blocked) {
      const changes: Changes = unsaved;
      unsaved = null;
      tell({ kind: 'saving' });
      try {
        version = (await deps.save({ ...changes, version })).version;
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        unsaved = { ...changes, ...(unsaved as Changes | null) };
        deps.keep({ version, changes: unsaved });
        failed(deps.explain(error));
        return;
      }
    }
    if (!blocked) {
      deps.keep(null);
      tell({ kind: 'saved', at: deps.now() });
    }
  }

  function failed(failure: SaveFailure): void {
    if (failure.kind === 'conflict') {
      blocked = true;
      tell({ kind: 'conflict' });
    } else if (failure.kind === 'refused') {
      tell(failure);
    } else if (deps.held) {
      tell({ kind: 'held' });
    } else {
      tell({ kind: 'retrying' });
      later(retryMs);
      retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
    }
  }

  return {
    change(changes) {
      unsaved = { ...unsaved, ...changes };
      deps.keep({ version, changes: unsaved });
      if (blocked) return;
      if (deps.held) return tell({ kind: 'held' });
      if (!running) tell({ kind: 'waiting' });
      later(SAVE_AFTER_MS);
    },
    async flush() {
      if (running) await running;
      if (unsaved) await run();
      return unsaved === null;
    },
    isSaved: () => unsaved === null,
    version: () => version,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
