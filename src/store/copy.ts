// Copies a SQLite database while others write to it. The source is read in one transaction: SQLite then copies what was
// there at its beginning, and need not start over whenever somebody writes.
import SqliteFile from 'better-sqlite3';

/** A step of some megabytes: short enough to be stopped, and to tell how far it is. */
const PAGES = 1000;

export interface CopyOptions {
  /** The name the copy gets as an installation: no server has it, so whoever starts it is asked. */
  instanceId: string;
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

export async function copySqlite(
  source: string,
  target: string,
  { instanceId, signal, onProgress }: CopyOptions,
): Promise<void> {
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
    signal.throwIfAborted();
    rename(target, instanceId);
    onProgress(1);
  } finally {
    file.close();
  }
}

function rename(target: string, instanceId: string): void {
  const copy = new SqliteFile(target);
  try {
    const hasSettings = copy.prepare(`select 1 from sqlite_master where name = 'settings'`).get() !== undefined;
    if (hasSettings) copy.prepare(RENAME).run(instanceId);
  } finally {
    copy.close();
  }
}

const RENAME = `update settings set value = json_set(value, '$.value.id', ?) where key = 'instance'`;

/** The same at the end of a dump; the id is one of ours. */
export const renameInDump = (instanceId: string): string =>
  `\nUPDATE \`settings\` SET \`value\` = JSON_SET(\`value\`, '$.value.id', '${instanceId}') WHERE \`key\` = 'instance';\n`;
