// Structured logs: one JSON line each, with a named `event`. Anything that may hold a secret is redacted by its path.
import { pino } from 'pino';

export type { Logger } from 'pino';

const SECRET_KEYS = ['token', 'password', 'secret', 'secrets', 'credentials', 'authorization', 'cookie'];

export const createLog = (level: string): pino.Logger =>
  pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  });
