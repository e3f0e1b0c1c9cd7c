// Copies a SQLite database while others write to it. The source is read in one transaction: SQLite then copies what was
// there at its beginning, and need not start over whenever somebody writes.
import SqliteFile from 'better-sqlite3';

/** A step of some megabytes: short enough to be stopped, and to tell how far it is. */
const PAGES = 1000;

export interface CopyOptions {
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

export async function copySqlite(source: string, target: string, { signal, onProgress }: CopyOptions): Promise<void> {
  const file = new SqliteFile(source, { readonly: true, timeout: 5000 });
  try {
    file.exec('begin');
    file.prepare('select count(*) from sqlite_master').get();
    await file.backup(target, {
      progress({ totalPages, remainingPages }) {
        signal.throwIfAborted();
        if (totalPages > 0) onProgress(1 - remainingPages / totalPages);
        return PAGES;
      },
    });
    onProgress(1);
  } finally {
    file.close();
  }
}
