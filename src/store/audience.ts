// Who a mailing would reach: counted, shown page by page, and written down as deliveries, always by the same SQL. Every
// question runs over slices of subscriber ids, so that a million people never hold up the process.
import type { Filter } from '../domain/audience.ts';
import type { Via } from '../domain/campaign.ts';
import type { Database } from './database.ts';
import { changedRows, isMysql } from './database.ts';
import { type Binding, filterContext, type FilterContext, type Fragment, toCondition } from './filter-sql.ts';
import { decodeCursor, encodeCursor, type Page, type PageQuery } from './page.ts';
import { rowsOf, type SubscriberRow } from './people.ts';
import { highestSubscriberId } from './subscribers.ts';
import { walkDown, walkUp } from './walk.ts';

export interface AudienceQuery {
  /** From `parseFilter`. */
  filter: Filter;
  via: Via;
  /** Channels the message has a variant for; null: all. */
  channels: readonly string[] | null;
  /** People left out by hand: public ids. */
  excluded: readonly string[];
}

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
  signal?: AbortSignal;
}

// --- The query ------------------------------------------------------------------------------

/** A filter resolved against this workspace: ready to be asked slice by slice. */
interface Plan {
  context: FilterContext;
  condition: Fragment;
  via: Via;
  /** Bots the person may be written over, in order of preference, those with a variant first. */
  bots: number[];
  /** How many of `bots` have a variant. */
  reachable: number;
}

/** Connection ids stay below this, so that rank and id fit into one number that sorts by both. */
const RANK = 1e12;

async function plan(db: Database, query: AudienceQuery, now: number): Promise<Plan> {
  const context = await filterContext(db, now);
  const { via } = query;
  const chosen =
    via.mode === 'main'
      ? context.bots
      : via.bots.flatMap((publicId) => context.bots.filter((bot) => bot.publicId === publicId));
  const fits = (bot: { channel: string }): boolean => query.channels === null || query.channels.includes(bot.channel);
  const withVariant = chosen.filter(fits);
  const without = chosen.filter((bot) => !fits(bot));
  return {
    context,
    condition: toCondition(query.filter, context),
    via,
    bots: [...withVariant, ...without].map((bot) => bot.id),
    reachable: withVariant.length,
  };
}

const idList = (ids: readonly number[]): string => (ids.length > 0 ? ids.join(', ') : 'null');

/** People and the connection their message would go over, as `from …`; bots outside `bots` do not count. */
const source = ({ via }: Plan, bots: readonly number[]): string =>
  via.mode === 'main'
    ? `subscribers s join connections c on c.id = s.main_connection_id and c.bot_id in (${idList(bots)})`
    : `subscribers s join connections c on c.subscriber_id = s.id and c.bot_id in (${idList(bots)})`;

const rankOf = (bots: readonly number[]): string =>
  bots.length === 0 ? '0' : `case c.bot_id ${bots.map((id, index) => `when ${id} then ${index}`).join(' ')} end`;

/** Each matching person once, with the best of the connections that match: `pick` = rank and connection id. */
const firstChoice = (plan: Plan, bots: readonly number[], extra: string): string =>
  `select s.id as subscriber_id, min((${rankOf(bots)}) * ${RANK} + c.id) as pick
   from ${source(plan, bots)}
   where s.id > ? and s.id <= ? and s.erased_at is null and ${plan.condition.sql}${extra}
   group by s.id`;

const sliceBindings = (plan: Plan, from: number, to: number): Binding[] => [from, to, ...plan.condition.bindings];

/** Main connections and "in each" need no choice between connections. */
const needsChoice = ({ via }: Plan): boolean => via.mode === 'bots' && !via.each;

async function select<Row>(db: Database, sql: string, bindings: readonly Binding[]): Promise<Row[]> {
  const result: unknown = await db.raw(sql, bindings);
  return (isMysql(db) ? (result as [Row[]])[0] : result) as Row[];
}

// --- Count ----------------------------------------------------------------------------------

/** Counts in slices; throws the signal's reason when the asker has gone. */
export async function countAudience(db: Database, query: AudienceQuery, { now, signal }: AudienceOptions): Promise<AudienceCount> {
  const thePlan = await plan(db, query, now);
  const walk = { from: 0, to: await highestSubscriberId(db), signal };
  const byBot = new Map<number, number>();
  const totals = { people: 0, active: 0 };
  await walkUp(db, walk, async (from, to) => {
    const slice = await countSlice(db, thePlan, from, to);
    totals.active += slice.active;
    totals.people += slice.people;
    for (const [botId, people] of slice.byBot) byBot.set(botId, (byBot.get(botId) ?? 0) + people);
  });
  const excluded = await countExcluded(db, thePlan, query.excluded);
  for (const [botId, people] of excluded.byBot) byBot.set(botId, (byBot.get(botId) ?? 0) - people);
  return summarise(thePlan, byBot, totals.people - excluded.people, totals.active, excluded.people);
}

interface SliceCount {
  byBot: Map<number, number>;
  /** Distinct people over bots that have a variant. */
  people: number;
  active: number;
}

async function countSlice(db: Database, plan: Plan, from: number, to: number): Promise<SliceCount> {
  const matched = await countMatched(db, plan, sliceBindings(plan, from, to), '');
  const active = plan.via.mode === 'main' ? await countActiveMain(db, from, to) : await countActiveOver(db, plan, from, to);
  return { ...matched, active };
}

async function countMatched(
  db: Database, plan: Plan, bindings: readonly Binding[], extra: string,
): Promise<{ byBot: Map<number, number>; people: number }> {
  const { bots, reachable } = plan;
  if (needsChoice(plan)) {
    const rows = await select<{ place: number; people: number }>(
      db,
      `select floor(pick / ${RANK}) as place, count(*) as people from (${firstChoice(plan, bots, extra)}) chosen group by floor(pick / ${RANK})`,
      bindings,
    );
    const counted = rows.map((row) => ({ place: Number(row.place), people: Number(row.people) }));
    return {
      byBot: new Map(counted.map(({ place, people }) => [bots[place]!, people])),
      people: counted.reduce((sum, { place, people }) => (place < reachable ? sum + people : sum), 0),
    };
  }
  const rows = await select<{ bot_id: number; people: number }>(
    db,
    `select c.bot_id, count(*) as people from ${source(plan, bots)}
     where s.id > ? and s.id <= ? and s.erased_at is null and ${plan.condition.sql}${extra} group by c.bot_id`,
    bindings,
  );
  const byBot = new Map(rows.map((row) => [row.bot_id, Number(row.people)]));
  const withVariant = bots.slice(0, reachable);
  if (plan.via.mode === 'main') {
    return { byBot, people: withVariant.reduce((sum, id) => sum + (byBot.get(id) ?? 0), 0) };
  }
  const [distinct] = await select<{ people: number }>(
    db,
    `select count(distinct s.id) as people from ${source(plan, withVariant)}
     where s.id > ? and s.id <= ? and s.erased_at is null and ${plan.condition.sql}${extra}`,
    bindings,
  );
  return { byBot, people: Number(distinct?.people ?? 0) };
}

async function countActiveMain(db: Database, from: number, to: number): Promise<number> {
  const [row] = await select<{ people: number }>(
    db,
    `select count(*) as people from subscribers s join connections c on c.id = s.main_connection_id
     where s.id > ? and s.id <= ? and c.status = 'active' and s.erased_at is null`,
    [from, to],
  );
  return Number(row?.people ?? 0);
}

async function countActiveOver(db: Database, plan: Plan, from: number, to: number): Promise<number> {
  const [row] = await select<{ people: number }>(
    db,
    `select count(distinct s.id) as people from ${source(plan, plan.bots)}
     where s.id > ? and s.id <= ? and c.status = 'active' and s.erased_at is null`,
    [from, to],
  );
  return Number(row?.people ?? 0);
}

/** Ids a statement may carry at once. */
const CHUNK = 500;

async function countExcluded(
  db: Database, plan: Plan, excluded: readonly string[],
): Promise<{ byBot: Map<number, number>; people: number }> {
  const byBot = new Map<number, number>();
  let people = 0;
  for (let start = 0; start < excluded.length; start += CHUNK) {
    const ids = excluded.slice(start, start + CHUNK);
    const extra = ` and s.public_id in (${ids.map(() => '?').join(', ')})`;
    const part = await countMatched(db, plan, [...sliceBindings(plan, 0, Number.MAX_SAFE_INTEGER), ...ids], extra);
    people += part.people;
    for (const [botId, count] of part.byBot) byBot.set(botId, (byBot.get(botId) ?? 0) + count);
  }
  return { byBot, people };
}

function summarise(plan: Plan, byBot: ReadonlyMap<number, number>, total: number, active: number, excluded: number): AudienceCount {
  const count: AudienceCount = {
    total, byChannel: {}, byBot: {}, active, leftOut: { noVariant: 0, excluded }, noVariantByChannel: {},
  };
  const add = (to: Record<string, number>, key: string, people: number): void => void (to[key] = (to[key] ?? 0) + people);
  for (const [botId, people] of byBot) {
    const bot = plan.context.bots.find((one) => one.id === botId);
    if (!bot || people === 0) continue;
    if (plan.bots.indexOf(botId) < plan.reachable) {
      add(count.byChannel, bot.channel, people);
      add(count.byBot, bot.publicId, people);
    } else {
      add(count.noVariantByChannel, bot.channel, people);
      count.leftOut.noVariant += people;
    }
  }
  return count;
}

// --- People ---------------------------------------------------------------------------------

/** The actual people, newest first, each with the connection the message would go over. */
export async function pageOfAudience(
  db: Database, query: AudienceQuery, { cursor, limit }: PageQuery, { now, signal }: AudienceOptions,
): Promise<Page<SubscriberRow>> {
  const thePlan = await plan(db, query, now);
  const bots = thePlan.bots.slice(0, thePlan.reachable);
  const excluded = new Set(query.excluded);
  const before = decodeCursor(cursor, 1)?.[0];
  const found: { subscriber_id: number; public_id: string; connection_id: number }[] = [];
  const walk = { from: 0, to: before === undefined ? await highestSubscriberId(db) : before - 1, signal };
  await walkDown(db, walk, async (from, to) => {
    const rows = await select<(typeof found)[number]>(
      db,
      `select p.subscriber_id, s.public_id, p.pick % ${RANK} as connection_id
       from (${firstChoice(thePlan, bots, '')} order by s.id desc limit ?) p join subscribers s on s.id = p.subscriber_id order by s.id desc`,
      [...sliceBindings(thePlan, from, to), limit + 1 + excluded.size],
    );
    found.push(...rows.filter((row) => !excluded.has(row.public_id)));
    return found.length > limit ? 'stop' : undefined;
  });
  const shown = found.slice(0, limit);
  const items = await rowsOf(db, shown.map((row) => ({ subscriberId: row.subscriber_id, connectionId: Number(row.connection_id) })));
  const last = shown.at(-1);
  return { items, next: found.length > limit && last ? encodeCursor(last.subscriber_id) : null };
}

// --- Deliveries -----------------------------------------------------------------------------

export interface AudienceInsert extends AudienceQuery {
  campaignId: number;
  /** People with from < subscriber id ≤ to. */
  from: number;
  to: number;
  now: number;
}

/**
 * Writes one slice of the audience down as planned deliveries, in one statement; answers how many. Whoever has a
 * delivery of this campaign already is left as he is. Runs inside the planner's transaction.
 */
export async function audienceInsert(db: Database, insert: AudienceInsert): Promise<number> {
  const thePlan = await plan(db, insert, insert.now);
  const bots = thePlan.bots.slice(0, thePlan.reachable);
  const excluded = insert.excluded.length > 0 ? ` and s.public_id not in (${insert.excluded.map(() => '?').join(', ')})` : '';
  const people: Binding[] = [...sliceBindings(thePlan, insert.from, insert.to), ...insert.excluded];
  const verb = isMysql(db) ? 'insert ignore' : 'insert or ignore';
  const head = `${verb} into deliveries (campaign_id, subscriber_id, connection_id, bot_id, cause, purpose, state, planned_at)`;
  const rest = `'campaign', 'planned', ?`;
  const own: Binding[] = [insert.campaignId, insert.now];
  if (needsChoice(thePlan)) {
    const sql = `${head} select ?, c.subscriber_id, c.id, c.bot_id, '', ${rest}
      from (${firstChoice(thePlan, bots, excluded)}) p join connections c on c.id = p.pick % ${RANK}`;
    return changedRows(await db.raw(sql, [...own, ...people]));
  }
  const each = thePlan.via.mode === 'bots';
  const cause = each ? (isMysql(db) ? `concat('c:', c.id)` : `'c:' || c.id`) : `''`;
  const sql = `${head} select ?, s.id, c.id, c.bot_id, ${cause}, ${rest} from ${source(thePlan, bots)}
    where s.id > ? and s.id <= ? and s.erased_at is null and ${thePlan.condition.sql}${excluded}`;
  return changedRows(await db.raw(sql, [...own, ...people]));
}
