// What will become of an audience by the rules of planning, counted beforehand: people by their zone, and those who had
// enough mailings lately. The same question, the same expressions as planning.
import { peopleOf } from './audience-insert.ts';
import { type AudienceQuery, NOTHING, planAudience, select } from './audience-query.ts';
import type { Database } from './database.ts';
import { type CapRule, reasonSql } from './planning-rules.ts';
import { highestSubscriberId } from './subscribers.ts';
import { closedOnly } from './window-sql.ts';
import { walkUp } from './walk.ts';

/** People alike in everything the rules look at. */
export interface OutlookGroup {
  zone: string | null;
  /** They had as many mailings lately as they may. */
  overCap: boolean;
  /** By public id; null where one person may get it over several bots. */
  bot: string | null;
  people: number;
}

export async function countOutlook(
  db: Database,
  query: AudienceQuery,
  { cap, now, signal }: { cap: CapRule | null; now: number; signal?: AbortSignal | undefined },
): Promise<OutlookGroup[]> {
  const plan = await planAudience(db, query, now);
  const over = reasonSql({ occurrence: '', zones: null, cap }, closedOnly(plan.windows));
  const each = query.via.mode === 'bots' && query.via.each;
  const bot = each ? 'null' : 'bot_id';
  const names = new Map(plan.context.bots.map(({ id, publicId }) => [id, publicId]));
  const groups = new Map<string, OutlookGroup>();
  await walkUp(db, { from: 0, to: await highestSubscriberId(db), signal }, async (from, to) => {
    const people = peopleOf(db, plan, { from, to, excluded: query.excluded }, NOTHING);
    const rows = await select<{
      zone: string | null;
      reason: string | null;
      bot: number | null;
      people: number | string;
    }>(
      db,
      `select zone, reason, ${bot} as bot, count(distinct subscriber_id) as people from (
         select p.subscriber_id, p.bot_id, z.time_zone as zone, ${over.sql} as reason
         from (${people.sql}) p join subscribers z on z.id = p.subscriber_id
       ) q group by zone, reason${each ? '' : ', bot_id'}`,
      [...over.bindings, ...people.bindings],
    );
    // Whom a window shuts out is counted with the windows.
    for (const row of rows.filter(({ reason }) => reason !== 'window_closed'))
      add(groups, { ...row, bot: row.bot === null ? null : (names.get(row.bot) ?? null) });
  });
  return [...groups.values()];
}

function add(
  groups: Map<string, OutlookGroup>,
  {
    zone,
    reason,
    bot,
    people,
  }: { zone: string | null; reason: string | null; bot: string | null; people: number | string },
): void {
  const key = JSON.stringify([zone, reason, bot]);
  const group = groups.get(key) ?? { zone, overCap: reason !== null, bot, people: 0 };
  group.people += Number(people);
  groups.set(key, group);
}
