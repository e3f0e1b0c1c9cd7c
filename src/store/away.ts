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
]);

export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Whatever is said of a connection that is closed already has no code, but is fatal to it.
  const { code, fatal } = error as { code?: unknown; fatal?: unknown };
  if (error.name === 'KnexTimeoutError' || fatal === true) return true;
  return typeof code === 'string' && (CODES.has(code) || code.startsWith('SQLITE_IOERR'));
}

/** Full disks, others' locks, a server that takes no changes for now: nothing that a change of what is asked would mend. */
const PASSING: ReadonlySet<string> = new Set([
  'SQLITE_BUSY',
  'SQLITE_FULL',
  'SQLITE_NOMEM',
  'SQLITE_READONLY',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_ERROR_ON_WRITE',
  'ER_GET_ERRNO',
  'ER_OUT_OF_RESOURCES',
  'ER_OUTOFMEMORY',
  'ER_LOCK_TABLE_FULL',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
]);

/** Is it the database as a whole that failed, or others that stood in the way? Then the very same may succeed later. */
export function mayPass(error: unknown): boolean {
  if (isAway(error) || isDeadlock(error)) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && (PASSING.has(code) || code.startsWith('SQLITE_IOERR'));
}
