// Is it the database that is away, so that the same may succeed later, or is something wrong with what was asked?
import { isDeadlock } from './transact.ts';

const CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'SERVER_SILENT',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_CON_COUNT_ERROR',
  // Read-only for the time of a failover; a disk that is full, or does not answer.
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_FULL',
  'SQLITE_IOERR',
]);

/** SQLite says more behind the kind: `SQLITE_IOERR_FSYNC`. */
const SQLITE_KIND = /^SQLITE_[A-Z]+/;
const kindOf = (code: string): string => SQLITE_KIND.exec(code)?.[0] ?? code;

export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Whatever is said of a connection that is closed already has no code, but is fatal to it.
  const { code, fatal } = error as { code?: unknown; fatal?: unknown };
  if (error.name === 'KnexTimeoutError' || fatal === true) return true;
  return typeof code === 'string' && CODES.has(kindOf(code));
}

/** Missing rights and tables, memory, a file that is damaged: the database answers, and no change of what is asked would mend it. */
const PASSING: ReadonlySet<string> = new Set([
  'SQLITE_NOMEM',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
  'SQLITE_CORRUPT',
  'ER_ERROR_ON_WRITE',
  'ER_GET_ERRNO',
  'ER_OUT_OF_RESOURCES',
  'ER_OUTOFMEMORY',
  'ER_LOCK_TABLE_FULL',
  'ER_STATEMENT_TIMEOUT',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_NO_SUCH_TABLE',
]);

/** Is it the database as a whole that failed, or others that stood in the way? Then the very same may succeed later. */
export function mayPass(error: unknown): boolean {
  if (isAway(error) || isDeadlock(error)) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && PASSING.has(kindOf(code));
}
