// One step of planning: the people within a range of ids become deliveries, the cursor moves, slices are cut and
// counters raised in one transaction. The cursor is moved first and conditionally, so a second planner stops there.
import { type Database, isMysql } from './database.ts';
import { type AudienceInsert, audienceInsert, audienceStep } from './audience-insert.ts';
import { markFirst } from './canary.ts';
import { bump, type CounterChange } from './counters.ts';
import { hasRules, type PlanRules, type RangeRules, rulesFor } from './planning-rules.ts';
import { together } from './hot.ts';
import { settle } from './settings.ts';
import { cutSlices, cutStep, type DueByZone, lastSliced } from './slices.ts';
import { transact } from './transact.ts';

export type PlanRange = Omit<AudienceInsert, 'rules'> & {
  rules: PlanRules;
  /** So many go first, where the mailing has a canary start. */
  first: number | null;
};

export interface Planned {
  planned: number;
  /** For how long it kept the database from others. */
  ms: number;
}

/** Null when the cursor stood elsewhere or the campaign is not being sent: someone else goes on, or nobody. */
export async function planRange(db: Database, range: PlanRange): Promise<Planned | null> {
  if (!decidesByPerson(range) && range.first === null) return planAlike(db, range);
  const started = performance.now();
  const planned = await planOneByOne(db, range);
  return planned === null ? null : { planned, ms: performance.now() - started };
}

/** Is anybody of the audience left out by a rule? Then each is looked at. */
const decidesByPerson = ({ rules, windows }: PlanRange): boolean =>
  hasRules(rules) || (windows?.rules.some(({ outside }) => outside === 'closed') ?? false);

/** Where rules or a canary start decide person by person. */
async function planOneByOne(db: Database, range: PlanRange): Promise<number | null> {
  return transact(db, async (trx) => {
    if (range.rules.cap) await waitForOtherCaps(trx);
    const moved = await trx('campaigns')
      .where({ id: range.campaignId, state: 'sending', plan_cursor: range.from })
      .update({ plan_cursor: range.to });
    if (moved === 0) return null;
    const last = (await trx('deliveries').where({ campaign_id: range.campaignId }).max('id as id').first()) as {
      id: number | null;
    };
    const rules = decidesByPerson(range) ? await rulesFor(trx, range.rules, range) : null;
    const planned = await audienceInsert(trx, { ...range, rules });
    if (planned > 0) {
      const after = last.id ?? 0;
      const firstUpTo = range.first === null ? 0 : await markFirst(trx, range.campaignId, range.first, after);
      await cutSlices(trx, { campaignId: range.campaignId, after, dueByZone: dueByZone(rules), firstUpTo });
      await countPlanned(trx, range.campaignId, after);
    }
    return planned;
  });
}

/** Where nothing is decided person by person: one trip to the database. */
async function planAlike(db: Database, range: PlanRange): Promise<Planned | null> {
  const { campaignId, from, to } = range;
  // Read first: whoever plans meanwhile moves the cursor, and then nothing of this happens.
  const after = await lastSliced(db, campaignId);
  const add = isMysql(db)
    ? 'on duplicate key update value = counters.value + values(value)'
    : 'on conflict (campaign_id, bot_id, button_id, figure) do update set value = value + excluded.value';
  const done = await together(db, [
    {
      sql: `update campaigns set plan_cursor = ? where id = ? and state = 'sending' and plan_cursor = ?`,
      bindings: [to, campaignId, from],
      mustChange: 1,
    },
    await audienceStep(db, { ...range, rules: null }),
    {
      sql: `insert into counters (campaign_id, bot_id, button_id, figure, value)
        select campaign_id, bot_id, '', 'planned', count(*) from deliveries
        where campaign_id = ? and id > ? and purpose = 'campaign' group by campaign_id, bot_id ${add}`,
      bindings: [campaignId, after],
    },
    cutStep(db, { campaignId, after }),
  ]);
  return done && { planned: done.changed[1] ?? 0, ms: done.ms };
}

function dueByZone(rules: RangeRules | null): DueByZone {
  const due = new Map<string | null, number | null>();
  for (const plan of rules?.zones?.values() ?? []) if ('timeZone' in plan) due.set(plan.timeZone, plan.dueAt);
  return due;
}

async function countPlanned(trx: Database, campaignId: number, after: number): Promise<void> {
  const counts = (await trx('deliveries')
    .where({ campaign_id: campaignId, purpose: 'campaign' })
    .where('id', '>', after)
    .groupBy('bot_id')
    .select('bot_id', trx.raw(`sum(case when state = 'skipped' then 1 else 0 end) as skipped`))
    .count('* as count')) as { bot_id: number; count: number | string; skipped: number | string }[];
  await bump(
    trx,
    counts.flatMap((row): CounterChange[] => [
      { campaignId, botId: row.bot_id, figure: 'planned', by: Number(row.count) },
      { campaignId, botId: row.bot_id, figure: 'skipped', by: Number(row.skipped) },
    ]),
  );
}

/** A row to lock, there from before the first mailing with a cap is planned. */
export const prepareCap = (db: Database): Promise<boolean> => settle(db, CAP_KEY, true);

const CAP_KEY = 'planning_by_cap';

/** Two mailings planned at the same time by two processes would each overlook what the other is about to send. */
async function waitForOtherCaps(trx: Database): Promise<void> {
  await trx('settings').where({ key: CAP_KEY }).forUpdate().first('key');
}

/** The highest subscriber: whoever comes later is not of this mailing. */
export async function highestSubscriber(db: Database): Promise<number> {
  const row = (await db('subscribers').max('id as id').first()) as { id: number | null };
  return row.id ?? 0;
}
