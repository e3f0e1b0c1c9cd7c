// Who a mailing would reach: counted and shown page by page, by the question that also writes them down.
// It runs over slices of subscriber ids, so that a million people never hold up the process.
import { groupBy } from '../domain/group.ts';
import {
  type AudiencePlan,
  type AudienceQuery,
  candidates,
  conditionFor,
  EVERYONE,
  fallsBack,
  needsChoice,
  NOTHING,
  pick,
  planAudience,
  RANK,
  type Range,
  reachableBots,
  select,
} from './audience-query.ts';
import { chosen, countWays, waysOf } from './audience-route.ts';
import type { Database } from './database.ts';
import type { Fragment } from './filter-sql.ts';
import { decodeCursor, encodeCursor, type Page, type PageQuery } from './page.ts';
import { rowsOf, type SubscriberRow } from './people.ts';
import { highestSubscriberId } from './subscribers.ts';
import { walkDown, walkUp } from './walk.ts';

export type { AudienceQuery } from './audience-query.ts';

export interface AudienceCount {
  /** People who would receive it now. */
  total: number;
  byChannel: Record<string, number>;
  /** By public id. */
  byBot: Record<string, number>;
  /** All active people, whatever the filter says. */
  active: number;
  leftOut: { noVariant: number; excluded: number };
  noVariantByChannel: Record<string, number>;
}

export interface AudienceOptions {
  now: number;
  signal?: AbortSignal | undefined;
}

// --- Count ----------------------------------------------------------------------------------

interface Tally {
  byBot: Map<number, number>;
  /** Distinct people over bots that have a variant. */
  people: number;
  active: number;
}

/** Counts in slices, whatever windows there are; throws the signal's reason when the asker has gone. */
export async function countAudience(
  db: Database,
  query: AudienceQuery,
  { now, signal }: AudienceOptions,
): Promise<AudienceCount> {
  const plan = await planAudience(db, { ...query, windows: undefined }, now);
  const all: Tally = { byBot: new Map(), people: 0, active: 0 };
  await walkUp(db, { from: 0, to: await highestSubscriberId(db), signal }, async (from, to) => {
    add(all, await countRange(db, plan, { from, to }, NOTHING), 1);
  });
  const { active } = all;
  const left = await countExcluded(db, plan, query.excluded);
  add(all, left, -1);
  return summarise(plan, { ...all, active }, left.people);
}

function add(to: Tally, part: Tally, sign: 1 | -1): void {
  to.people += sign * part.people;
  to.active += sign * part.active;
  for (const [botId, people] of part.byBot) to.byBot.set(botId, (to.byBot.get(botId) ?? 0) + sign * people);
}

function countRange(db: Database, plan: AudiencePlan, range: Range, extra: Fragment): Promise<Tally> {
  if (fallsBack(plan)) return countRouted(db, plan, range, extra);
  return plan.via.mode === 'main' ? countMain(db, plan, range, extra) : countChosen(db, plan, range, extra);
}

/** Each person once, over the connection the message would take. */
async function countRouted(db: Database, plan: AudiencePlan, range: Range, extra: Fragment): Promise<Tally> {
  const question = countWays(plan, range, extra);
  const ways = waysOf(plan, await select(db, question.sql, question.bindings));
  const sum = (list: readonly { people: number }[]): number => list.reduce((total, { people }) => total + people, 0);
  const matching = ways.filter(({ matches }) => matches);
  const reached = new Set(reachableBots(plan));
  return {
    byBot: new Map([...groupBy(matching, ({ botId }) => botId)].map(([botId, list]) => [botId, sum(list)])),
    people: sum(matching.filter(({ botId }) => reached.has(botId))),
    active: sum(ways.filter(({ active }) => active)),
  };
}

/** One pass answers both: who matches, and who is active at all. */
async function countMain(db: Database, plan: AudiencePlan, range: Range, extra: Fragment): Promise<Tally> {
  const people = candidates(plan, range, plan.bots);
  const condition = conditionFor(plan, range);
  const rows = await select<{ bot_id: number; people: number; active: number }>(
    db,
    `select c.bot_id, sum(case when ${condition.sql} then 1 else 0 end) as people, sum(case when c.status = 'active' then 1 else 0 end) as active
     ${people.sql} ${extra.sql} group by c.bot_id`,
    [...condition.bindings, ...people.bindings, ...extra.bindings],
  );
  const byBot = new Map(rows.map((row) => [row.bot_id, Number(row.people)]));
  return {
    byBot,
    people: reachableBots(plan).reduce((sum, id) => sum + (byBot.get(id) ?? 0), 0),
    active: rows.reduce((sum, row) => sum + Number(row.active), 0),
  };
}

/** Each person once, at the first bot they match at; `place` is null for those who match at none. */
async function countChosen(db: Database, plan: AudiencePlan, range: Range, extra: Fragment): Promise<Tally> {
  const people = candidates(plan, range, plan.bots);
  const condition = conditionFor(plan, range);
  const rows = await select<{ place: number | null; people: number; active: number }>(
    db,
    `select floor(pick / ${RANK}) as place, count(*) as people, sum(active) as active from (
       select min(case when ${condition.sql} then ${pick(plan.bots)} end) as pick, max(case when c.status = 'active' then 1 else 0 end) as active
       ${people.sql} ${extra.sql} group by s.id
     ) chosen group by floor(pick / ${RANK})`,
    [...condition.bindings, ...people.bindings, ...extra.bindings],
  );
  const matched = rows.flatMap(({ place, people: count }) =>
    place === null ? [] : [{ place: Number(place), count: Number(count) }],
  );
  return {
    byBot: needsChoice(plan)
      ? new Map(matched.map(({ place, count }) => [plan.bots[place]!, count]))
      : await countConnections(db, plan, range, extra),
    people: matched.reduce((sum, { place, count }) => (place < plan.reachable ? sum + count : sum), 0),
    active: rows.reduce((sum, row) => sum + Number(row.active), 0),
  };
}

/** "In each of their messengers": every connection that matches. */
async function countConnections(
  db: Database,
  plan: AudiencePlan,
  range: Range,
  extra: Fragment,
): Promise<Map<number, number>> {
  const people = candidates(plan, range, plan.bots);
  const condition = conditionFor(plan, range);
  const rows = await select<{ bot_id: number; people: number }>(
    db,
    `select c.bot_id, count(*) as people ${people.sql} and ${condition.sql} ${extra.sql} group by c.bot_id`,
    [...people.bindings, ...condition.bindings, ...extra.bindings],
  );
  return new Map(rows.map((row) => [row.bot_id, Number(row.people)]));
}

/** Ids one statement carries. */
const CHUNK = 500;

async function countExcluded(db: Database, plan: AudiencePlan, excluded: readonly string[]): Promise<Tally> {
  const all: Tally = { byBot: new Map(), people: 0, active: 0 };
  for (let start = 0; start < excluded.length; start += CHUNK) {
    const ids = excluded.slice(start, start + CHUNK);
    add(
      all,
      await countRange(db, plan, EVERYONE, {
        sql: `and s.public_id in (${ids.map(() => '?').join(', ')})`,
        bindings: ids,
      }),
      1,
    );
  }
  return all;
}

function summarise(plan: AudiencePlan, { byBot, people, active }: Tally, excluded: number): AudienceCount {
  const count: AudienceCount = {
    total: people,
    byChannel: {},
    byBot: {},
    active,
    leftOut: { noVariant: 0, excluded },
    noVariantByChannel: {},
  };
  const tally = (to: Record<string, number>, key: string, number: number): void =>
    void (to[key] = (to[key] ?? 0) + number);
  for (const [botId, number] of byBot) {
    const bot = plan.context.bots.find((one) => one.id === botId);
    if (!bot || number === 0) continue;
    if (plan.bots.indexOf(botId) < plan.reachable) {
      tally(count.byChannel, bot.channel, number);
      tally(count.byBot, bot.publicId, number);
    } else {
      tally(count.noVariantByChannel, bot.channel, number);
      count.leftOut.noVariant += number;
    }
  }
  return count;
}

// --- People ---------------------------------------------------------------------------------

interface FoundRow {
  subscriber_id: number;
  public_id: string;
  connection_id: number;
}

/** The actual people, newest first, each with the connection the message would go over. */
export async function pageOfAudience(
  db: Database,
  query: AudienceQuery,
  { cursor, limit }: PageQuery,
  { now, signal }: AudienceOptions,
): Promise<Page<SubscriberRow>> {
  const plan = await planAudience(db, query, now);
  const excluded = new Set(query.excluded);
  const before = decodeCursor(cursor, 1)?.[0];
  const found: FoundRow[] = [];
  const top = before === undefined ? await highestSubscriberId(db) : before - 1;
  await walkDown(db, { from: 0, to: top, signal }, async (from, to) => {
    const people = chosen(plan, { from, to }, NOTHING);
    const rows = await select<FoundRow>(
      db,
      `select p.subscriber_id, s.public_id, p.pick % ${RANK} as connection_id
       from (${people.sql} order by subscriber_id desc limit ?) p join subscribers s on s.id = p.subscriber_id order by s.id desc`,
      [...people.bindings, limit + 1 + excluded.size],
    );
    found.push(...rows.filter((row) => !excluded.has(row.public_id)));
    return found.length > limit ? 'stop' : undefined;
  });
  const shown = found.slice(0, limit);
  const items = await rowsOf(
    db,
    shown.map((row) => ({ subscriberId: row.subscriber_id, connectionId: Number(row.connection_id) })),
  );
  const last = shown.at(-1);
  return { items, next: found.length > limit && last ? encodeCursor(last.subscriber_id) : null };
}
