// What the watchdogs of living senders found stuck, for whoever asks how the server is doing.
import type { StuckKind } from '../domain/watchdog.ts';
import { clockSql } from './clock.ts';
import { type Database, readJson } from './database.ts';
import { ALIVE_MS } from './senders.ts';

export interface Finding {
  kind: StuckKind;
  /** A mailing's or a bot's public id. */
  about: string | null;
  /** Since when it has not moved, UTC ms. */
  since: number;
}

export async function saveFindings(db: Database, sender: string, findings: readonly Finding[]): Promise<void> {
  await db('senders')
    .where({ id: sender })
    .update({ findings: findings.length === 0 ? null : JSON.stringify(findings) });
}

/** Of those that are alive. */
export async function readFindings(db: Database): Promise<(Finding & { host: string })[]> {
  const rows = (await db('senders')
    .whereRaw(`seen_at >= ${clockSql(db)} - ${ALIVE_MS}`)
    .whereNotNull('findings')
    .orderBy('id')
    .select('host', 'findings')) as { host: string; findings: unknown }[];
  return rows.flatMap(({ host, findings }) => readJson<Finding[]>(findings).map((finding) => ({ ...finding, host })));
}
