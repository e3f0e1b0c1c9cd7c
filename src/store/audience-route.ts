// Over which connection a message would go to those who get it over their main one, with the others to fall back on.
// Its meaning is `firstWay` of domain/fallback.ts. Whose main connection can be written to, by far the most, is told by
// one comparison; only for the rest are the other connections looked up.
import {
  type AudiencePlan,
  candidates,
  closedSql,
  conditionFor,
  fallsBack,
  listOf,
  pick,
  type Range,
  reachableBots,
} from './audience-query.ts';
import type { Fragment } from './filter-sql.ts';

/** `from … where …`: the people of a range with their main connections. */
const people = (range: Range): Fragment => ({
  sql: `from subscribers s left join connections c on c.id = s.main_connection_id
    where s.id > ? and s.id <= ? and s.erased_at is null`,
  bindings: [range.from, range.to],
});

/** Something read off the connection `c`: where it is known to be active, and where it may be anything. */
interface Value {
  active: Fragment;
  any: Fragment;
}

/** The value of the connection the message would go over. */
function overTheWay(plan: AudiencePlan, { active, any }: Value): Fragment {
  const reach = listOf(reachableBots(plan));
  const whole = plan.reachable === plan.context.bots.length;
  // Where every bot will do, and that is most often, looking for it among them would cost a tenth more (2026-11).
  const closed = closedSql(plan);
  const fine = `c.status = 'active'${whole ? '' : ` and c.bot_id in (${reach})`}${closed && ` and not (${closed})`}`;
  const mainFirst = whole && closed === '' ? '' : 'c.id = s.main_connection_id desc, ';
  const preferred = `${whole ? '' : `c.bot_id in (${reach}) desc, `}${closed && `(${closed}), `}${mainFirst}`;
  // Within the sub-select `c` is the other connection; outside, and where there is no other, the main one.
  const other = `select ${active.sql} from connections c
    where c.subscriber_id = s.id and c.status = 'active' and c.bot_id + 0 in (${listOf(plan.bots)})
    order by ${preferred}coalesce(c.last_inbound_at, c.subscribed_at, 0) desc, c.id limit 1`;
  return {
    sql: `case when ${fine} then ${active.sql} else coalesce((${other}), ${any.sql}) end`,
    bindings: [...active.bindings, ...active.bindings, ...any.bindings],
  };
}

/** Each matching person of the range once, as (subscriber_id, pick); `pick % RANK` is the connection's id. */
export function chosen(plan: AudiencePlan, range: Range, extra: Fragment): Fragment {
  if (fallsBack(plan)) return routed(plan, range, extra);
  const bots = reachableBots(plan);
  const all = candidates(plan, range, bots);
  const condition = conditionFor(plan, range);
  return {
    sql: `select s.id as subscriber_id, min(${pick(bots, closedSql(plan))}) as pick ${all.sql} and ${condition.sql} ${extra.sql} group by s.id`,
    bindings: [...all.bindings, ...condition.bindings, ...extra.bindings],
  };
}

function routed(plan: AudiencePlan, range: Range, extra: Fragment): Fragment {
  const condition = conditionFor(plan, range);
  const id: Fragment = {
    sql: `case when c.bot_id in (${listOf(reachableBots(plan))}) and ${condition.sql} then c.id else 0 end`,
    bindings: condition.bindings,
  };
  const way = overTheWay(plan, { active: id, any: id });
  const all = people(range);
  return {
    sql: `select subscriber_id, pick from (select s.id as subscriber_id, ${way.sql} as pick ${all.sql} ${extra.sql}) ways where pick > 0`,
    bindings: [...way.bindings, ...all.bindings, ...extra.bindings],
  };
}

const MATCHES = 2;
const ACTIVE = 1;
const CODES = 4;

export interface WayCount {
  botId: number;
  /** Does the filter hold there? */
  matches: boolean;
  active: boolean;
  people: number;
}

/** The question whose rows `waysOf` reads: how many people go over which bot. */
export function countWays(plan: AudiencePlan, range: Range, extra: Fragment): Fragment {
  const condition = conditionFor(plan, range);
  const matching = `c.bot_id * ${CODES} + case when ${condition.sql} then ${MATCHES} else 0 end`;
  const { bindings } = condition;
  const way = overTheWay(plan, {
    active: { sql: `${matching} + ${ACTIVE}`, bindings },
    any: { sql: `${matching} + case when c.status = 'active' then ${ACTIVE} else 0 end`, bindings },
  });
  const all = people(range);
  return {
    sql: `select ${way.sql} as code, count(*) as people ${all.sql} ${extra.sql} group by code`,
    bindings: [...way.bindings, ...all.bindings, ...extra.bindings],
  };
}

/** Without those who have no main connection, or one at a bot that is gone, and no other. */
export const waysOf = (
  { bots }: AudiencePlan,
  rows: readonly { code: number | null; people: number | string }[],
): WayCount[] =>
  rows.flatMap(({ code, people: count }) => {
    const botId = Math.floor(Number(code) / CODES);
    if (code === null || !bots.includes(botId)) return [];
    return [
      {
        botId,
        matches: (Number(code) & MATCHES) > 0,
        active: (Number(code) & ACTIVE) > 0,
        people: Number(count),
      },
    ];
  });
