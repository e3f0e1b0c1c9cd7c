// Which zones of a mailing by local time were missed: due long ago, not begun, and nothing of the mailing went out
// since. A mailing that is merely slow sends to other zones meanwhile, and is not late.
import { type Database, isMysql } from './database.ts';

const MINUTE_MS = 60_000;

/** When the missed zone was due that is nearest to an instant, of those due before it; null: none was missed. */
export async function missedZoneSince(db: Database, campaignId: number, before: number): Promise<number | null> {
  // From when on it could have been sent to: its hour, or the end of quiet hours after it.
  const later = isMysql(db) ? 'greatest' : 'max';
  const row = (await db('slices')
    .where({ campaign_id: campaignId, done: 0 })
    .whereNull('lease_owner')
    .where('due_at', '<', before)
    .max({ due: db.raw(`${later}(due_at, coalesce(quiet_until, due_at))`) })
    .first()) as { due: number | string | null };
  const due = row.due === null ? null : Number(row.due);
  if (due === null || due >= before) return null;
  const sent = await db('counter_minutes')
    .where({ campaign_id: campaignId })
    .whereIn('figure', ['sent', 'failed'])
    .where('minute', '>=', due - MINUTE_MS)
    .first('minute');
  return sent === undefined ? due : null;
}
