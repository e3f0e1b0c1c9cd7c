// How many people each bot has, and how many of them may be written to. Read in slices of ids with a breath between
// them: a million connections must not stop the process from answering.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Database } from './database.ts';

export interface BotCount {
  subscribers: number;
  active: number;
}

/** About 5 ms a slice on SQLite (2026-11). */
const SLICE = 20_000;

export async function countByBot(db: Database): Promise<Map<number, BotCount>> {
  const counts = new Map<number, BotCount>();
  const last = Number((await db('connections').max({ id: 'id' }).first())?.id ?? 0);
  for (let from = 0; from < last; from += SLICE) {
    const rows: { bot_id: number; status: string; people: number | string }[] = await db('connections')
      .where('id', '>', from)
      .where('id', '<=', from + SLICE)
      .groupBy('bot_id', 'status')
      .select('bot_id', 'status')
      .count({ people: '*' });
    for (const row of rows) {
      const count = counts.get(row.bot_id) ?? { subscribers: 0, active: 0 };
      count.subscribers += Number(row.people);
      if (row.status === 'active') count.active += Number(row.people);
      counts.set(row.bot_id, count);
    }
    await breathe();
  }
  return counts;
}
