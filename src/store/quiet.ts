// Slices that rest through quiet hours. All of a zone rest together: looking at one tells about the others.
import type { Database } from './database.ts';
import { isMysql } from './database.ts';
import type { Slice } from './slices.ts';

interface Rest {
  owner: string;
  until: number;
}

/** Gives a leased slice back, to rest with the others of its mailing and zone that nobody holds. */
export async function restSlices(db: Database, { slice, owner, until }: Rest & { slice: Slice }): Promise<void> {
  await restSlice(db, { id: slice.id, owner, until });
  await db('slices')
    .where({ campaign_id: slice.campaignId, time_zone: slice.timeZone, done: 0 })
    .whereNull('lease_owner')
    .where((q) => void q.whereNull('quiet_until').orWhere('quiet_until', '<', until))
    .update({ quiet_until: until });
}

/** Gives one back. */
export async function restSlice(db: Database, { id, owner, until }: Rest & { id: number }): Promise<void> {
  await db('slices')
    .where({ id, lease_owner: owner })
    .update({ quiet_until: until, lease_owner: null, lease_until: null });
}

/** Gives a later try back. */
export async function restSingle(db: Database, { id, owner, until }: Rest & { id: number }): Promise<void> {
  await db('due_deliveries')
    .where({ delivery_id: id, lease_owner: owner })
    .update({ due_at: until, lease_owner: null, lease_until: null });
}

/** The quiet hours have changed: whoever takes a slice next looks at the clock anew. */
export async function wakeSlices(db: Database): Promise<void> {
  await db('slices').where('done', 0).whereNotNull('quiet_until').update({ quiet_until: null });
}

export interface Resting {
  /** When the first of it may go on. */
  until: number;
  /** Because of quiet hours, and not because its time has not come. */
  quiet: boolean;
}

/** The campaigns of which nothing is due at this moment, though something is planned. */
export async function restingCampaigns(
  db: Database,
  campaignIds: readonly number[],
  now: number,
): Promise<Map<number, Resting>> {
  const later = isMysql(db) ? 'greatest' : 'max';
  const rows = (await db('slices')
    .whereIn('campaign_id', [...campaignIds])
    .where('done', 0)
    .groupBy('campaign_id')
    .select(
      'campaign_id',
      db.raw(`min(${later}(coalesce(due_at, 0), coalesce(quiet_until, 0))) as next`),
      db.raw('min(case when quiet_until > ? then quiet_until end) as quiet', [now]),
    )) as { campaign_id: number; next: number | string; quiet: number | string | null }[];
  return new Map(
    rows.flatMap((row): [number, Resting][] => {
      const until = Number(row.next);
      if (until <= now) return [];
      return [[row.campaign_id, { until, quiet: row.quiet !== null && Number(row.quiet) <= until }]];
    }),
  );
}
