// The audience of a mailing written down as deliveries, range after range of subscriber ids: the same people over the
// same connections as are counted and shown.
import {
  type AudiencePlan,
  type AudienceQuery,
  candidates,
  conditionFor,
  needsChoice,
  NOTHING,
  planAudience,
  RANK,
  type Range,
  reachableBots,
} from './audience-query.ts';
import { chosen } from './audience-route.ts';
import { type Database, isMysql } from './database.ts';
import type { Fragment } from './filter-sql.ts';
import { ask } from './hot.ts';
import { type RangeRules, ruledRows } from './planning-rules.ts';
import type { Step } from './sqlite-messages.ts';
import { closedOnly } from './window-sql.ts';

export interface AudienceInsert extends AudienceQuery {
  campaignId: number;
  /** People with from < subscriber id ≤ to. */
  from: number;
  to: number;
  now: number;
  /** What else decides about a person; without it everybody of the audience is planned. */
  rules?: RangeRules | null;
}

/**
 * Writes one slice of the audience down as planned deliveries, in one statement; answers how many. Whoever has a
 * delivery of this campaign already is left alone; who is left out by a rule is written down with the reason. Runs
 * inside the planner's transaction.
 */
export async function audienceInsert(db: Database, insert: AudienceInsert): Promise<number> {
  return (await ask(db, await audienceStep(db, insert))).changed;
}

/** The same, to be run with others. */
export async function audienceStep(db: Database, insert: AudienceInsert): Promise<Step> {
  const plan = await planAudience(db, insert, insert.now);
  const verb = isMysql(db) ? 'insert ignore' : 'insert or ignore';
  const columns = 'subscriber_id, connection_id, bot_id, cause';
  if (insert.rules) {
    const ruled = ruledRows(db, peopleOf(db, plan, insert, NOTHING), insert, insert.rules, closedOnly(plan.windows));
    const into = `${columns}, time_zone, state, reason, settled_at, campaign_id, purpose, planned_at`;
    return { sql: `${verb} into deliveries (${into}) ${ruled.sql}`, bindings: ruled.bindings };
  }
  const people = peopleOf(db, plan, insert, ownColumns(insert));
  return {
    sql: `${verb} into deliveries (${columns}, campaign_id, purpose, state, planned_at) ${people.sql}`,
    bindings: people.bindings,
  };
}

/** The people of a range as (subscriber_id, connection_id, bot_id, cause), and further columns. */
export const peopleOf = (db: Database, plan: AudiencePlan, insert: PeopleRange, further: Fragment): Fragment =>
  needsChoice(plan) ? chosenRows(plan, insert, further) : everyRow(plan, insert, further, isMysql(db));

export type PeopleRange = Range & Pick<AudienceQuery, 'excluded'>;

const ownColumns = ({ campaignId, now }: AudienceInsert): Fragment => ({
  sql: `, ?, 'campaign', 'planned', ?`,
  bindings: [campaignId, now],
});

const leftOut = ({ excluded }: PeopleRange): Fragment =>
  excluded.length === 0
    ? NOTHING
    : { sql: `and s.public_id not in (${excluded.map(() => '?').join(', ')})`, bindings: [...excluded] };

function chosenRows(plan: AudiencePlan, range: PeopleRange, further: Fragment): Fragment {
  const people = chosen(plan, range, leftOut(range));
  return {
    sql: `select c.subscriber_id, c.id as connection_id, c.bot_id, '' as cause${further.sql} from (${people.sql}) p join connections c on c.id = p.pick % ${RANK}`,
    bindings: [...further.bindings, ...people.bindings],
  };
}

/** The cause carries the connection where one person may have several, else the unique key would forbid the second. */
function everyRow(plan: AudiencePlan, range: PeopleRange, further: Fragment, mysql: boolean): Fragment {
  const people = candidates(plan, range, reachableBots(plan));
  const condition = conditionFor(plan, range);
  const extra = leftOut(range);
  const perConnection = mysql ? `concat('c:', c.id)` : `'c:' || c.id`;
  const cause = plan.via.mode === 'main' ? `''` : perConnection;
  return {
    sql: `select s.id as subscriber_id, c.id as connection_id, c.bot_id, ${cause} as cause${further.sql} ${people.sql} and ${condition.sql} ${extra.sql}`,
    bindings: [...further.bindings, ...people.bindings, ...condition.bindings, ...extra.bindings],
  };
}
