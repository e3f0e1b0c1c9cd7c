// The state of the server as plain text, in English whatever the page speaks: it is for whoever helps. No names of people,
// no texts of messages, no secrets are in it.
import type { HealthReport } from '../../../../src/http/api/engine.ts';

const took = (ms: number | null): string => (ms === null ? 'no answer' : `${Math.round(ms * 10) / 10} ms`);
const time = (at: number): string => new Date(at).toISOString();

export function supportText(report: HealthReport): string {
  const { senders, database, redis, waits, findings, errors } = report;
  return [
    `Herald ${report.version}, Node.js ${report.node}, ${time(report.at)}`,
    `database: ${database.kind} ${database.version}, ${took(database.ms)}`,
    `redis: ${redis ? took(redis.ms) : 'not used'}`,
    `senders: ${senders.length}`,
    ...senders.map(
      ({ id, host, startedAt, seenAt }) => `  ${id} on ${host}, since ${time(startedAt)}, seen ${time(seenAt)}`,
    ),
    `queue: ${report.queue}, sent in the last minute: ${report.sentLastMinute}`,
    ...report.queueByChannel.map(({ channel, remaining, due }) => `  ${channel}: ${remaining}, later tries ${due}`),
    `waits: ${waits.length}`,
    ...waits.map(({ mailing, waiting }) => `  ${mailing.id}: ${waiting.code} ${JSON.stringify(waiting.params)}`),
    `stuck: ${findings.length}`,
    ...findings.map(({ kind, host, since }) => `  ${kind} on ${host} since ${time(since)}`),
    `errors: ${errors.length}`,
    ...errors.map((error) => `  ${time(error.at)} ${error.text}`),
  ].join('\n');
}
