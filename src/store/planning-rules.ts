// What planning decides about each person besides the audience: which zone's clock they follow, whether they are left
// out by their hour, their zone or the frequency cap. The check counts with the same expressions.
import type { DeliveryState, SkipReason } from '../domain/delivery.ts';
import { type Database, isMysql } from './database.ts';
import type { Binding, Fragment } from './filter-sql.ts';

/** What is planned for the people of one zone, as stored with them; null: not a zone we know. */
export type ZonePlan = { timeZone: string | null; dueAt: number | null } | { skip: SkipReason };

export interface CapRule {
  messages: number;
  /** Mailings count that went out from this instant on. */
  since: number;
  /** Deliveries before this one are older. */
  firstId: number;
  /** The mailing in question and its start do not count against themselves. */
  campaignId: number;
  occurrence: string;
}

export interface PlanRules {
  /** The cause of the deliveries begins with it; '' where a mailing is sent once. */
  occurrence: string;
  /** Null: nobody's clock matters. */
  byZone: ((zone: string | null) => ZonePlan) | null;
  cap: CapRule | null;
}

/** Rules for the zones that occur in a range. */
export interface RangeRules {
  occurrence: string;
  zones: ReadonlyMap<string | null, ZonePlan> | null;
  cap: CapRule | null;
}

export const hasRules = ({ occurrence, byZone, cap }: PlanRules): boolean =>
  occurrence !== '' || byZone !== null || cap !== null;

export async function rulesFor(
  db: Database,
  { occurrence, byZone, cap }: PlanRules,
  range: { from: number; to: number },
): Promise<RangeRules> {
  if (byZone === null) return { occurrence, zones: null, cap };
  const zones = (await db('subscribers')
    .where('id', '>', range.from)
    .where('id', '<=', range.to)
    .distinct('time_zone')
    .pluck('time_zone')) as (string | null)[];
  return { occurrence, zones: new Map(zones.map((zone) => [zone, byZone(zone)])), cap };
}

/** People as (subscriber_id, connection_id, bot_id, cause), with their zone and, where a rule leaves them out, the reason. */
export function ruledRows(
  db: Database,
  people: Fragment,
  { campaignId, now }: { campaignId: number; now: number },
  rules: RangeRules,
): Fragment {
  const zone = zoneSql(rules);
  const reason = reasonSql(db, rules);
  const cause = isMysql(db) ? 'concat(?, p.cause)' : '? || p.cause';
  // The limit keeps the reason from being worked out once for every place that names it.
  const once = isMysql(db) ? 'limit 18446744073709551615' : 'limit -1';
  return {
    sql: `select q.subscriber_id, q.connection_id, q.bot_id, q.cause, q.time_zone,
        case when q.reason is null then 'planned' else 'skipped' end, q.reason, case when q.reason is null then null else ? end,
        ?, 'campaign', ?
      from (
        select p.subscriber_id, p.connection_id, p.bot_id, ${cause} as cause, ${zone.sql} as time_zone, ${reason.sql} as reason
        from (${people.sql}) p join subscribers z on z.id = p.subscriber_id ${once}
      ) q`,
    bindings: [now, campaignId, now, rules.occurrence, ...zone.bindings, ...reason.bindings, ...people.bindings],
  };
}

/** The zone that is stored with a delivery, of a person's own in `z.time_zone`. */
export function zoneSql({ zones }: RangeRules): Fragment {
  const kept = [...(zones ?? [])].flatMap(([zone, plan]) =>
    zone !== null && 'timeZone' in plan && plan.timeZone !== null ? [zone] : [],
  );
  if (kept.length === 0) return { sql: 'null', bindings: [] };
  return { sql: `case when z.time_zone in (${listOf(kept)}) then z.time_zone end`, bindings: kept };
}

/** Why the person in `p.subscriber_id` and `z.time_zone` is left out, or null. */
export function reasonSql(db: Database, rules: RangeRules): Fragment {
  const cases: string[] = [];
  const bindings: Binding[] = [];
  for (const reason of ['hour_passed', 'zone_unknown'] as const) {
    const zones = [...(rules.zones ?? [])].flatMap(([zone, plan]) =>
      'skip' in plan && plan.skip === reason ? [zone] : [],
    );
    const named = zones.filter((zone) => zone !== null);
    if (named.length > 0) cases.push(`when z.time_zone in (${listOf(named)}) then '${reason}'`);
    bindings.push(...named);
    if (named.length < zones.length) cases.push(`when z.time_zone is null then '${reason}'`);
  }
  if (rules.cap) {
    const got = mailingsOf(db, rules.cap);
    cases.push(`when ${got.sql} >= ? then 'frequency_cap'`);
    bindings.push(...got.bindings, rules.cap.messages);
  }
  return { sql: cases.length > 0 ? `case ${cases.join(' ')} end` : 'null', bindings };
}

/** Got, or about to be sent. */
const COUNTED = ['planned', 'sending', 'sent', 'delivered', 'opened', 'unconfirmed'] satisfies DeliveryState[];

/** An occurrence in full, `20261122T180000Z`: what stands behind it in a cause is no other mailing. */
export const OCCURRENCE_LENGTH = 16;

/** How many mailings a person got since: several messengers of one start are one, each start of a repeated one counts. */
function mailingsOf(db: Database, cap: CapRule): Fragment {
  const start = `case when o.cause like 'c:%' then '' else substr(o.cause, 1, ${OCCURRENCE_LENGTH}) end`;
  const mailing = isMysql(db) ? `concat(o.campaign_id, ' ', ${start})` : `o.campaign_id || ' ' || ${start}`;
  return {
    sql: `(select count(distinct ${mailing}) from deliveries o
      where o.subscriber_id = p.subscriber_id and o.id >= ? and o.purpose = 'campaign'
        and o.state in (${COUNTED.map((state) => `'${state}'`).join(', ')}) and coalesce(o.sent_at, o.planned_at) >= ?
        and not (o.campaign_id = ? and (? = '' or substr(o.cause, 1, ${OCCURRENCE_LENGTH}) = ?)))`,
    bindings: [cap.firstId, cap.since, cap.campaignId, cap.occurrence, cap.occurrence],
  };
}

const listOf = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

// --- Where the window of the cap begins -------------------------------------------------------

/** A delivery may go out so long after it was planned and still be found: a slow mailing, a distant zone. */
const SLOWEST_MS = 14 * 86_400_000;

/**
 * The first delivery that may have gone out since an instant. Ids rise with the time of planning, so it is found by
 * halving, in a few dozen looks at the primary key, and older ones need not be read person by person.
 */
export async function firstDeliverySince(db: Database, since: number): Promise<number> {
  const ends = (await db('deliveries').first(db.raw('min(id) as low'), db.raw('max(id) as high'))) as {
    low: number | null;
    high: number | null;
  };
  let [low, high] = [ends.low ?? 0, ends.high ?? 0];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = (await db('deliveries').where('id', '>=', middle).orderBy('id').first('id', 'planned_at')) as
      | { id: number; planned_at: number }
      | undefined;
    if (row && row.planned_at < since - SLOWEST_MS) low = row.id + 1;
    else high = middle;
  }
  return low;
}
