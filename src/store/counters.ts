// Figures kept as counters: a cache over deliveries, events and orders, moved in the same transaction as the state
// they count. Rows are written in the order of their key, so that two senders never wait for each other in a circle.
import { type Database, isMysql } from './database.ts';
import type { Step } from './sqlite-messages.ts';
import { valuesTable, type Value } from './values.ts';

export interface CounterChange {
  campaignId: number;
  botId: number;
  buttonId?: string;
  figure: string;
  by: number;
  /** When given, the figure is also counted in the minute of that instant, for the charts. */
  at?: number;
}

export interface Counter {
  campaignId: number;
  botId: number;
  buttonId: string;
  figure: string;
  value: number;
}

export const MINUTE_MS = 60_000;

/** Adds to counters, one statement for all of them (and one for the minutes, where there are any). */
export async function bump(db: Database, changes: readonly CounterChange[]): Promise<void> {
  for (const { sql, bindings } of bumpSteps(db, changes)) await db.raw(sql, [...bindings] as Value[]);
}

/** The same, to be run with others. */
export function bumpSteps(db: Database, changes: readonly CounterChange[]): Step[] {
  const totals = sumUp(changes, (c) => [c.campaignId, c.botId, c.buttonId ?? '', c.figure]);
  const timed = changes.filter((change) => change.at !== undefined);
  const minutes = sumUp(timed, (c) => [c.campaignId, c.figure, (c.at ?? 0) - ((c.at ?? 0) % MINUTE_MS)]);
  return [
    ...addStep(db, 'counters', ['campaign_id', 'bot_id', 'button_id', 'figure'], totals),
    ...addStep(db, 'counter_minutes', ['campaign_id', 'figure', 'minute'], minutes),
  ];
}

/** Every counter of these campaigns. */
export async function readCounters(db: Database, campaignIds: readonly number[]): Promise<Counter[]> {
  const rows = (await db('counters')
    .whereIn('campaign_id', [...campaignIds])
    .select('campaign_id', 'bot_id', 'button_id', 'figure', 'value')) as {
    campaign_id: number;
    bot_id: number;
    button_id: string;
    figure: string;
    value: number | string;
  }[];
  return rows.map((row) => ({
    campaignId: row.campaign_id,
    botId: row.bot_id,
    buttonId: row.button_id,
    figure: row.figure,
    value: Number(row.value),
  }));
}

export interface MinuteCount {
  figure: string;
  /** Start of the minute, UTC ms. */
  minute: number;
  value: number;
}

/** The figures of one campaign by the minute, oldest first. */
export async function readMinutes(db: Database, campaignId: number): Promise<MinuteCount[]> {
  const rows = (await db('counter_minutes')
    .where({ campaign_id: campaignId })
    .orderBy(['minute', 'figure'])
    .select('figure', 'minute', 'value')) as { figure: string; minute: number; value: number | string }[];
  return rows.map((row) => ({ ...row, value: Number(row.value) }));
}

/** How many were sent or failed in whole minutes, from one on and before another. */
export async function settledBetween(db: Database, campaignId: number, from: number, to: number): Promise<number> {
  const row = (await db('counter_minutes')
    .where({ campaign_id: campaignId })
    .whereIn('figure', ['sent', 'failed'])
    .where('minute', '>=', from)
    .where('minute', '<', to)
    .sum('value as value')
    .first()) as { value: number | string | null } | undefined;
  return Number(row?.value ?? 0);
}

/** Changes of one key become one row; what adds up to nothing is left out. */
function sumUp(changes: readonly CounterChange[], keyOf: (change: CounterChange) => Value[]): Value[][] {
  const sums = new Map<string, { key: Value[]; by: number }>();
  for (const change of changes) {
    const key = keyOf(change);
    const sum = sums.get(key.join('\n'));
    if (sum) sum.by += change.by;
    else sums.set(key.join('\n'), { key, by: change.by });
  }
  return [...sums.entries()]
    .filter(([, sum]) => sum.by !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, sum]) => [...sum.key, sum.by]);
}

/** Adds to rows of (key, value), one statement for all of them; rows come in the order of their key. */
export function addStep(db: Database, table: string, key: readonly string[], rows: Value[][]): Step[] {
  if (rows.length === 0) return [];
  const columns = [...key, 'value'];
  const values = valuesTable(db, 'v', columns, rows);
  // SQLite needs `where true` to tell the upsert's `on` from a join's.
  const update = isMysql(db)
    ? `on duplicate key update value = ${table}.value + values(value)`
    : `where true on conflict (${key.join(', ')}) do update set value = value + excluded.value`;
  const into = `insert into ${table} (${columns.join(', ')})`;
  return [{ sql: `${into} select ${columns.join(', ')} from ${values.sql} ${update}`, bindings: values.bindings }];
}
