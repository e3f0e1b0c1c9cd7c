// Deliveries that nobody looks after: still planned, or on the wire, in a slice that was called done. It should not
// happen; but whoever is called sent must not hide anyone. They are found by the figures, which cost nothing to ask.
import { readCounters } from './counters.ts';
import type { Database } from './database.ts';
import { hasOpen, SLICE_COLUMNS, type SliceRow, toSlice } from './slices.ts';

/** An owner that nobody is: what it holds has lapsed already, and is judged by recovery as a dead sender's. */
const NOBODY = 'nobody';

/** How many of those planned have no outcome, as the counters tell it. */
export async function countOpen(db: Database, campaignId: number): Promise<number> {
  let open = 0;
  for (const { figure, value, buttonId } of await readCounters(db, [campaignId])) {
    if (buttonId !== '') continue;
    if (figure === 'planned') open += value;
    else if (FINAL.has(figure)) open -= value;
  }
  return open;
}

const FINAL: ReadonlySet<string> = new Set(['sent', 'failed', 'cancelled', 'skipped', 'unconfirmed']);

/** Opens the done slices that hold such deliveries; answers how many. */
export async function reopenOrphans(db: Database, campaignId: number): Promise<number> {
  const rows = (await db('slices')
    .where({ campaign_id: campaignId, done: 1 })
    .select(...SLICE_COLUMNS)) as SliceRow[];
  let reopened = 0;
  for (const row of rows) {
    if (!(await hasOpen(db, toSlice(row)))) continue;
    reopened += await db('slices')
      .where({ id: row.id, done: 1 })
      .update({ done: 0, lease_owner: NOBODY, lease_until: 0 });
  }
  return reopened;
}
