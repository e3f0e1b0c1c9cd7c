// Is it the database that is away, so that the same may succeed later, or is something wrong with what was asked?
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
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_CON_COUNT_ERROR',
]);

export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Whatever is said of a connection that is closed already has no code, but is fatal to it.
  const { code, fatal } = error as { code?: unknown; fatal?: unknown };
  return error.name === 'KnexTimeoutError' || fatal === true || (typeof code === 'string' && CODES.has(code));
}
