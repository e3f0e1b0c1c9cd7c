// What the doctor makes of what was found: each check is a pure judgement with a level. The sentence of a code is
// `cli:doctor.<code>`; what is not `ok` has a remedy, `cli:doctor.<code>_fix`.
import type { PortAnswer } from './channel.ts';

export type Level = 'ok' | 'warn' | 'fail';

export interface Diagnosis {
  check: string;
  level: Level;
  code: string;
  params: Record<string, string | number>;
}

type Judge<Facts> = (facts: Facts) => Diagnosis;

const diagnosis = (
  check: string,
  level: Level,
  code: string,
  params: Record<string, string | number> = {},
): Diagnosis => ({ check, level, code, params });

const GIGABYTE = 1e9;
const LOW_DISK = 2 * GIGABYTE;
const FULL_DISK = 0.2 * GIGABYTE;

export const judgeFolder: Judge<{ folder: string; writable: boolean }> = ({ folder, writable }) =>
  writable
    ? diagnosis('folder', 'ok', 'folder_ok', { folder })
    : diagnosis('folder', 'fail', 'folder_locked', { folder });

export const judgeDisk: Judge<{ freeBytes: number }> = ({ freeBytes }) => {
  const params = { free: Math.round((freeBytes / GIGABYTE) * 10) / 10 };
  if (freeBytes < FULL_DISK) return diagnosis('disk', 'fail', 'disk_full', params);
  return freeBytes < LOW_DISK
    ? diagnosis('disk', 'warn', 'disk_low', params)
    : diagnosis('disk', 'ok', 'disk_ok', params);
};

/** A request to a server nearby; beyond this every page and every group of messages feels it. */
const SLOW_DATABASE_MS = 50;
const OLDEST = { sqlite: [3, 38], mysql: [8, 0], mariadb: [10, 6] } as const;
const KINDS = { sqlite: 'SQLite', mysql: 'MySQL', mariadb: 'MariaDB' } as const;

export const judgeDatabase: Judge<{ kind: keyof typeof OLDEST; version: string; ms: number }> = (facts) => {
  const [major = 0, minor = 0] = facts.version.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST[facts.kind];
  const params = { kind: KINDS[facts.kind], version: facts.version, ms: rounded(facts.ms) };
  if (major < oldMajor || (major === oldMajor && minor < oldMinor))
    return diagnosis('database', 'fail', 'database_old', params);
  return facts.ms > SLOW_DATABASE_MS
    ? diagnosis('database', 'warn', 'database_slow', params)
    : diagnosis('database', 'ok', 'database_ok', params);
};

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

export const judgeMigrations: Judge<{ pending: readonly string[] }> = ({ pending }) =>
  pending.length === 0
    ? diagnosis('migrations', 'ok', 'migrations_ok')
    : diagnosis('migrations', 'fail', 'migrations_pending', { names: pending.join(', ') });

/** Leases and schedules bear this much. */
const CLOCK_MS = 2_000;

export const judgeClock: Judge<{ name: string; differenceMs: number }> = ({ name, differenceMs }) => {
  const params = { name, seconds: Math.round(Math.abs(differenceMs) / 1000) };
  return Math.abs(differenceMs) > CLOCK_MS
    ? diagnosis('clock', 'warn', 'clock_off', params)
    : diagnosis('clock', 'ok', 'clock_ok', params);
};

export const judgeKey: Judge<{ key: 'opens' | 'missing' | 'wrong' }> = ({ key }) =>
  key === 'opens' ? diagnosis('key', 'ok', 'key_ok') : diagnosis('key', 'fail', `key_${key}`);

export const judgeInstance: Judge<{ isSure: boolean }> = ({ isSure }) =>
  isSure ? diagnosis('instance', 'ok', 'instance_ok') : diagnosis('instance', 'fail', 'instance_doubt');

export const judgeServer: Judge<{ port: number; answers: boolean }> = ({ port, answers }) =>
  answers
    ? diagnosis('server', 'ok', 'server_running', { port })
    : diagnosis('server', 'warn', 'server_stopped', { port });

export const judgeSenders: Judge<{ hosts: readonly string[]; mailings: number }> = ({ hosts, mailings }) => {
  if (hosts.length > 0) return diagnosis('senders', 'ok', 'senders_ok', { hosts: hosts.join(', ') });
  return mailings > 0
    ? diagnosis('senders', 'fail', 'senders_needed', { mailings })
    : diagnosis('senders', 'warn', 'senders_none');
};

const SLOW_REDIS_MS = 50;

/** `ms` null: Redis is not configured. */
export const judgeRedis: Judge<{ ms: number | null } | { reason: string }> = (facts) => {
  if ('reason' in facts) return diagnosis('redis', 'fail', 'redis_away', { reason: facts.reason });
  if (facts.ms === null) return diagnosis('redis', 'ok', 'redis_none');
  const params = { ms: rounded(facts.ms) };
  return facts.ms > SLOW_REDIS_MS
    ? diagnosis('redis', 'warn', 'redis_slow', params)
    : diagnosis('redis', 'ok', 'redis_ok', params);
};

export type AddressAnswer = 'herald' | 'other' | { silent: string };

/** While the server does not run here, its address cannot answer: that is said once, by its own check. */
export const judgeAddress: Judge<{ url: string | null; answer: AddressAnswer; isRunning: boolean }> = (facts) => {
  const { url, answer, isRunning } = facts;
  if (url === null) return diagnosis('address', 'ok', 'address_none');
  if (answer === 'herald') return diagnosis('address', 'ok', 'address_ok', { url });
  const level = isRunning ? 'fail' : 'warn';
  return answer === 'other'
    ? diagnosis('address', level, 'address_foreign', { url })
    : diagnosis('address', level, 'address_silent', { url, reason: answer.silent });
};

export interface BotFacts {
  name: string;
  status: 'connected' | 'attention' | 'paused' | 'disconnected';
  webhookState: 'set' | 'polling' | 'manual' | 'none';
  /** Can its platform tell us anything by a webhook at all? */
  needsWebhook: boolean;
  answer: 'known' | { refused: string } | { silent: string };
  /** Within the last hour, and nothing has gone out since. */
  lastError: string | null;
}

export const judgeBot: Judge<BotFacts> = ({ name, status, webhookState, needsWebhook, answer, lastError }) => {
  if (answer !== 'known') {
    return 'refused' in answer
      ? diagnosis('bot', 'fail', 'bot_refused', { name, reason: answer.refused })
      : diagnosis('bot', 'fail', 'bot_silent', { name, reason: answer.silent });
  }
  if (status === 'attention') return diagnosis('bot', 'fail', 'bot_attention', { name });
  if (status === 'paused') return diagnosis('bot', 'ok', 'bot_paused', { name });
  if (needsWebhook && webhookState === 'none') return diagnosis('bot', 'warn', 'bot_deaf', { name });
  return lastError === null
    ? diagnosis('bot', 'ok', 'bot_ok', { name })
    : diagnosis('bot', 'warn', 'bot_errors', { name, reason: lastError });
};

/** Where what comes back is taken for several bots at once. While the server does not run here, nobody need listen. */
export const judgePort: Judge<{ port: number; answer: PortAnswer; isRunning: boolean; bots: readonly string[] }> = ({
  port,
  answer,
  isRunning,
  bots,
}) => {
  const params = { port, names: bots.join(', ') };
  if (answer === 'other') return diagnosis('port', 'fail', 'port_foreign', params);
  if (answer === 'ours') return diagnosis('port', 'ok', 'port_ok', params);
  return isRunning ? diagnosis('port', 'warn', 'port_closed', params) : diagnosis('port', 'ok', 'port_resting', params);
};

export interface WorkFacts {
  /** What watchdogs said, in words. */
  stuck: readonly string[];
  lapsedLeases: number;
  /** Handed over long ago, without an outcome. */
  orphans: number;
  unconfirmed: number;
}

export function judgeWork({ stuck, lapsedLeases, orphans, unconfirmed }: WorkFacts): Diagnosis[] {
  const found = stuck.map((text) => diagnosis('work', 'fail', 'work_stuck', { text }));
  if (lapsedLeases > 0) found.push(diagnosis('work', 'warn', 'work_lapsed', { number: lapsedLeases }));
  if (orphans > 0) found.push(diagnosis('work', 'warn', 'work_orphans', { number: orphans }));
  if (found.length === 0) found.push(diagnosis('work', 'ok', 'work_ok'));
  return unconfirmed > 0
    ? [...found, diagnosis('unconfirmed', 'warn', 'unconfirmed_some', { number: unconfirmed })]
    : [...found, diagnosis('unconfirmed', 'ok', 'unconfirmed_none')];
}

/** That a mailing waits is no fault: why is what is wanted to know. */
export const sayWait = (name: string, text: string): Diagnosis => diagnosis('waiting', 'ok', 'waiting', { name, text });

export const judgeRetention: Judge<{ days: number | null }> = ({ days }) =>
  days === null
    ? diagnosis('retention', 'ok', 'retention_off')
    : diagnosis('retention', 'ok', 'retention_on', { days });

export const sayConfig = (): Diagnosis => diagnosis('config', 'ok', 'config_ok');
export const badConfig = (text: string): Diagnosis => diagnosis('config', 'fail', 'config_bad', { text });
export const noDatabase = (): Diagnosis => diagnosis('database', 'warn', 'database_new');
export const databaseAway = (reason: string): Diagnosis => diagnosis('database', 'fail', 'database_away', { reason });
