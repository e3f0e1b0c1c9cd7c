// Structured logs: one JSON line each, with a named `event`. Anything that may hold a secret is redacted by its path.
import { type LoggerOptions, pino } from 'pino';

export type { Logger } from 'pino';

const SECRET_KEYS = ['token', 'password', 'secret', 'secrets', 'credentials', 'authorization', 'cookie'];

/** Without a destination lines go to standard output. */
export const createLog = (level: string, destination?: { write(line: string): void }): pino.Logger => {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
};
