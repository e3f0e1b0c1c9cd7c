// What planning decides about each person besides the audience: which zone's clock they follow, whether they are left
// out by their hour, their zone or the frequency cap. The check counts with the same expressions.
import type { DeliveryState, SkipReason } from '../domain/delivery.ts';
import { type Database, isMysql } from './database.ts';
import type { Binding, Fragment } from './filter-sql.ts';
import { type BotWindow, outsideSql } from './window-sql.ts';

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
  closed: readonly BotWindow[],
): Fragment {
  const zone = zoneSql(rules);
  const reason = reasonSql(rules, closed);
  const cause = isMysql(db) ? 'concat(?, p.cause)' : '? || p.cause';
  const judged = `select p.subscriber_id, p.connection_id, p.bot_id, ${cause} as cause, ${zone.sql} as time_zone, ${reason.sql} as reason
    from (${people.sql}) p join subscribers z on z.id = p.subscriber_id`;
  const settled = `select q.subscriber_id, q.connection_id, q.bot_id, q.cause, q.time_zone,
    case when q.reason is null then 'planned' else 'skipped' end, q.reason, case when q.reason is null then null else ? end,
    ?, 'campaign', ?`;
  const ofRow = [now, campaignId, now];
  const ofPeople = [rules.occurrence, ...zone.bindings, ...reason.bindings, ...people.bindings];
  // Else the reason would be worked out once for every place that names it; each database is told in its own way.
  return isMysql(db)
    ? {
        sql: `${settled} from (${judged} limit 18446744073709551615) q`,
        bindings: [...ofRow, ...ofPeople],
      }
    : { sql: `with q as materialized (${judged}) ${settled} from q`, bindings: [...ofPeople, ...ofRow] };
}

/** The zone that is stored with a delivery, of a person's own in `z.time_zone`. */
function zoneSql({ zones }: RangeRules): Fragment {
  const kept = [...(zones ?? [])].flatMap(([zone, plan]) =>
    zone !== null && 'timeZone' in plan && plan.timeZone !== null ? [zone] : [],
  );
  if (kept.length === 0) return { sql: 'null', bindings: [] };
  return { sql: `case when z.time_zone in (${listOf(kept)}) then z.time_zone end`, bindings: kept };
}

/** Why the person in `p.subscriber_id` and `z.time_zone`, over `p.connection_id`, is left out, or null. */
export function reasonSql(rules: RangeRules, closed: readonly BotWindow[]): Fragment {
  const cases: string[] = [];
  const bindings: Binding[] = [];
  if (closed.length > 0) {
    const inbound = '(select w.last_inbound_at from connections w where w.id = p.connection_id)';
    cases.push(`when ${outsideSql(closed, 'p.bot_id', inbound)} then 'window_closed'`);
  }
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
    const got = mailingsOf(rules.cap);
    cases.push(`when ${got.sql} >= ? then 'frequency_cap'`);
    bindings.push(...got.bindings, rules.cap.messages);
  }
  return { sql: cases.length > 0 ? `case ${cases.join(' ')} end` : 'null', bindings };
}

/** Got, or about to be sent. */
const COUNTED = ['planned', 'sending', 'sent', 'delivered', 'opened', 'unconfirmed'] satisfies DeliveryState[];

/** An occurrence in full, `20261122T180000Z`: what stands behind it in a cause is no other mailing. */
export const OCCURRENCE_LENGTH = 16;

/** Which start of its campaign a delivery is of. */
const startSql = (row: string): string =>
  `case when ${row}.cause like 'c:%' then '' else substr(${row}.cause, 1, ${OCCURRENCE_LENGTH}) end`;

/**
 * How many mailings a person got since: several messengers of one start are one, each start of a repeated one counts.
 * Only where the cause names a connection there may be several, and only there an earlier one is looked for.
 */
function mailingsOf(cap: CapRule): Fragment {
  const counted = (row: string): string =>
    `${row}.purpose = 'campaign' and ${row}.state in (${COUNTED.map((state) => `'${state}'`).join(', ')})
       and coalesce(${row}.sent_at, ${row}.planned_at) >= ?`;
  const own = cap.occurrence === '' ? 'o.campaign_id = ?' : `(o.campaign_id = ? and ${startSql('o')} = ?)`;
  return {
    sql: `(select count(*) from deliveries o
      where o.subscriber_id = p.subscriber_id and o.id >= ? and ${counted('o')} and not ${own}
        and (instr(o.cause, 'c:') = 0 or not exists (
          select 1 from deliveries e
          where e.subscriber_id = o.subscriber_id and e.campaign_id = o.campaign_id and e.id >= ? and e.id < o.id
            and ${startSql('e')} = ${startSql('o')} and ${counted('e')})))`,
    bindings: [
      cap.firstId,
      cap.since,
      cap.campaignId,
      ...(cap.occurrence === '' ? [] : [cap.occurrence]),
      cap.firstId,
      cap.since,
    ],
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
