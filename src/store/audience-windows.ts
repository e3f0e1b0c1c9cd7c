// How an audience stands to the messaging windows of its messengers, counted before anything is sent: how many are inside,
// and what happens to those outside. Asked only where a messenger has a window; the same people over the same
// connections as are planned.
import type { Outside } from '../domain/window.ts';
import { peopleOf } from './audience-insert.ts';
import { type AudiencePlan, type AudienceQuery, needsChoice, NOTHING, planAudience, select } from './audience-query.ts';
import type { Database } from './database.ts';
import { highestSubscriberId } from './subscribers.ts';
import { walkUp } from './walk.ts';
import { closedOnly, outsideSql } from './window-sql.ts';

/** The people of one bot whose messenger has a window. */
export interface WindowCount {
  /** Public id. */
  bot: string;
  channel: string;
  outside: Outside;
  /** People who would get it over this bot if there were no window: inside, and outside of it. */
  inside: number;
  out: number;
  /** Of those outside: they get it over another connection, or not at all. */
  moved: number;
  skipped: number;
}

export interface WindowedAudience {
  windows: WindowCount[];
  /** Who would receive it, and over which bot, by public id. */
  total: number;
  byBot: Record<string, number>;
}

/** Null where no bot of the audience has a window. */
export async function countWindows(
  db: Database,
  query: AudienceQuery,
  { now, signal }: { now: number; signal?: AbortSignal | undefined },
): Promise<WindowedAudience | null> {
  const plan = await planAudience(db, query, now);
  if (plan.windows.length === 0) return null;
  const closed = closedOnly(plan.windows);
  const unhindered = { ...plan, windows: plan.windows.filter(({ outside }) => outside !== 'closed') };
  const asked: Asked = { plan, excluded: query.excluded, signal };
  const routed = await countOutside(db, asked);
  // Where nothing is shut, or nobody has another way, the windows move nobody.
  const before =
    closed.length > 0 && needsChoice(plan)
      ? await countOutside(db, { ...asked, plan: unhindered, flags: plan })
      : routed;
  const shut = new Set(closed.map(({ botId }) => botId));
  const botOf = (id: number) => plan.context.bots.find((bot) => bot.id === id);
  const skippedAt = (id: number): number => (shut.has(id) ? (routed.byBot.get(id)?.out ?? 0) : 0);
  const windows = plan.windows.flatMap(({ botId, outside }): WindowCount[] => {
    const bot = botOf(botId);
    const { inside, out } = before.byBot.get(botId) ?? NOBODY;
    const skipped = skippedAt(botId);
    if (!bot || inside + out === 0) return [];
    return [
      {
        bot: bot.publicId,
        channel: bot.channel,
        outside,
        inside,
        out,
        moved: shut.has(botId) ? out - skipped : 0,
        skipped,
      },
    ];
  });
  const byBot = Object.fromEntries(
    [...routed.byBot].flatMap(([id, { inside, out }]) => {
      const reached = inside + out - skippedAt(id);
      const bot = botOf(id);
      return bot && reached > 0 ? [[bot.publicId, reached]] : [];
    }),
  );
  return { windows, total: routed.people, byBot };
}

const NOBODY = { inside: 0, out: 0 };

interface Asked {
  /** By which people are routed. */
  plan: AudiencePlan;
  /** Whose windows say who is outside, where those are others. */
  flags?: AudiencePlan;
  excluded: readonly string[];
  signal?: AbortSignal | undefined;
}

interface Sides {
  byBot: Map<number, { inside: number; out: number }>;
  /** People, each once, who are not shut out. */
  people: number;
}

async function countOutside(db: Database, { plan, flags = plan, excluded, signal }: Asked): Promise<Sides> {
  const outside = outsideSql(flags.windows);
  const shut = outsideSql(closedOnly(flags.windows));
  const sides: Sides = { byBot: new Map(), people: 0 };
  await walkUp(db, { from: 0, to: await highestSubscriberId(db), signal }, async (from, to) => {
    const people = peopleOf(db, plan, { from, to, excluded }, NOTHING);
    const judged = `select p.subscriber_id, p.bot_id, case when ${outside} then 1 else 0 end as is_out,
      case when ${shut} then null else p.subscriber_id end as reached
      from (${people.sql}) p join connections c on c.id = p.connection_id`;
    const rows = await select<{ bot_id: number; is_out: number; people: number | string }>(
      db,
      `select bot_id, is_out, count(*) as people from (${judged}) q group by bot_id, is_out`,
      people.bindings,
    );
    for (const row of rows) {
      const side = sides.byBot.get(row.bot_id) ?? { ...NOBODY };
      side[Number(row.is_out) === 1 ? 'out' : 'inside'] += Number(row.people);
      sides.byBot.set(row.bot_id, side);
    }
    const [whole] = await select<{ people: number | string }>(
      db,
      `select count(distinct reached) as people from (${judged}) q`,
      people.bindings,
    );
    sides.people += Number(whole?.people ?? 0);
  });
  return sides;
}
