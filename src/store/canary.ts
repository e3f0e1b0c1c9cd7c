// The first people of a canary start, as deliveries: those behind one id, up to another, that were planned to be sent to.
// Every move of its state is conditional, so that several senders give one verdict.
import { type CanaryFigures, type CanaryState, type CanaryVerdict, NO_FIGURES } from '../domain/canary.ts';
import { PLANNED_OUT } from '../domain/delivery.ts';
import type { Campaign } from './campaign-row.ts';
import { moveCampaign } from './campaigns.ts';
import type { Database } from './database.ts';
import { transact } from './transact.ts';
import { walkUp } from './walk.ts';

/** Among what was planned behind `after`, which is of the first: up to which id; null: all, and more are to come. */
export async function markFirst(trx: Database, campaignId: number, people: number, after: number): Promise<number> {
  const row = (await trx('campaigns')
    .where({ id: campaignId })
    .first('canary_state', 'canary_last_delivery_id', 'canary_people')) as {
    canary_state: CanaryState | null;
    canary_last_delivery_id: number | null;
    canary_people: number;
  };
  if (row.canary_state === null) return 0;
  if (row.canary_last_delivery_id !== null) return Number(row.canary_last_delivery_id);
  const planned = trx('deliveries')
    .where({ campaign_id: campaignId, purpose: 'campaign', state: 'planned' })
    .where('id', '>', after);
  const missing = people - row.canary_people;
  const last = (await planned
    .clone()
    .orderBy('id')
    .offset(missing - 1)
    .first('id')) as { id: number } | undefined;
  const counted = last
    ? people
    : row.canary_people + Number(((await planned.clone().count('* as count').first()) as { count: number }).count);
  await trx('campaigns')
    .where({ id: campaignId })
    .update({
      canary_people: counted,
      canary_last_delivery_id: last?.id ?? null,
      canary_after_delivery_id: trx.raw('coalesce(canary_after_delivery_id, ?)', [after]),
    });
  return last?.id ?? Number.MAX_SAFE_INTEGER;
}

export interface CanaryProgress {
  firstDone: boolean;
  hasRest: boolean;
}

/** How far the first are, and whether there is anybody else. Those whose hour has not come are not waited for. */
export async function canaryProgress(db: Database, campaign: Campaign, now: number): Promise<CanaryProgress> {
  const { id, planCursor, planCeiling } = campaign;
  const after = campaign.canaryAfterDeliveryId ?? 0;
  const planned = (planCursor ?? 0) >= (planCeiling ?? 0);
  const slices = db('slices').where({ campaign_id: id }).where('first_delivery_id', '>', after);
  const rest = await slices.clone().where({ wave: 1, done: 0 }).first('id');
  const hasRest = rest !== undefined || !planned;
  if (campaign.canaryLastDeliveryId === null && !planned) return { firstDone: false, hasRest };
  const open = await slices
    .clone()
    .where({ wave: 0, done: 0 })
    .where((q) => void q.whereNull('due_at').orWhere('due_at', '<=', now))
    .where((q) => void q.whereNull('quiet_until').orWhere('quiet_until', '<=', now))
    .first('id');
  const begun = await slices.clone().where({ wave: 0, done: 1 }).first('id');
  const later = await db('due_deliveries as u')
    .join('deliveries as d', 'd.id', 'u.delivery_id')
    .where({ 'u.campaign_id': id, 'd.purpose': 'campaign' })
    .where('d.id', '>', after)
    .first('d.id');
  return { firstDone: begun !== undefined && open === undefined && later === undefined, hasRest };
}

// --- Figures --------------------------------------------------------------------------------

const REACHED = `d.state in ('sent', 'delivered', 'opened')`;
const LEFT = `c.status = 'blocked' and c.since >= d.sent_at`;

const COUNTED = {
  sent: REACHED,
  failed: `d.state = 'failed' and coalesce(d.reason, '') <> 'blocked'`,
  blocked: `(d.state = 'failed' and d.reason = 'blocked') or (${REACHED} and ${LEFT})`,
  refused: `d.state = 'failed' and d.reason = 'blocked'`,
  skipped: `d.state in ('skipped', 'cancelled', 'control')`,
  unconfirmed: `d.state = 'unconfirmed'`,
  remaining: `d.state in ('planned', 'sending')`,
  unsubscribed: 'd.unsubscribed_at is not null',
  delivered: 'd.delivered_at is not null',
  opened: 'd.opened_at is not null',
  clicked: 'd.link_clicked_at is not null or d.buy_clicked_at is not null or d.button_clicked_at is not null',
} as const satisfies Record<Exclude<keyof CanaryFigures, 'people'>, string>;

const SUMS = Object.entries(COUNTED)
  .map(([figure, condition]) => `sum(case when ${condition} then 1 else 0 end) as ${figure}`)
  .join(', ');

/** Left out by a rule when they were planned: not of the first, wherever they lie. */
const OUT = `(d.state = 'skipped' and d.reason in (${PLANNED_OUT.map((reason) => `'${reason}'`).join(', ')}))`;

export interface CanaryParts {
  first: CanaryFigures;
  rest: CanaryFigures;
}

/** What became of the first and of the rest, counted over their rows; of this start, where a mailing is repeated. */
export async function canaryParts(
  db: Database,
  campaign: Campaign,
  { only, signal }: { only?: 'first'; signal?: AbortSignal | undefined } = {},
): Promise<CanaryParts> {
  const parts: CanaryParts = { first: { ...NO_FIGURES }, rest: { ...NO_FIGURES } };
  const from = campaign.canaryAfterDeliveryId;
  if (from === null) return parts;
  const highest = (await db('deliveries').where({ campaign_id: campaign.id }).max('id as id').first()) as {
    id: number;
  };
  const last = campaign.canaryLastDeliveryId ?? highest.id;
  await walkUp(db, { from, to: only ? last : highest.id, signal }, async (low, high) => {
    const isFirst = `(d.id <= ? and not ${OUT})`;
    const rows = (await db('deliveries as d')
      .leftJoin('connections as c', 'c.id', 'd.connection_id')
      .where({ 'd.campaign_id': campaign.id, 'd.purpose': 'campaign', 'd.cause': campaign.occurrence })
      .where('d.id', '>', low)
      .where('d.id', '<=', high)
      .groupByRaw(isFirst, [last])
      .select(
        db.raw(`max(case when ${isFirst} then 1 else 0 end) as is_first, count(*) as people, ${SUMS}`, [last]),
      )) as (Record<keyof CanaryFigures, number | string> & { is_first: number })[];
    for (const row of rows) {
      const part = Number(row.is_first) === 1 ? parts.first : parts.rest;
      for (const figure of FIGURES) part[figure] += Number(row[figure]);
    }
  });
  return parts;
}

const FIGURES = ['people', ...Object.keys(COUNTED)] as (keyof CanaryFigures)[];

// --- Moves ----------------------------------------------------------------------------------

/** Answers whether this call moved it: another sender may have. */
export async function moveCanary(
  db: Database,
  id: number,
  from: CanaryState,
  to: { state: CanaryState | null; until?: number },
): Promise<boolean> {
  const changed = await db('campaigns')
    .where({ id, state: 'sending', canary_state: from })
    .update({ canary_state: to.state, ...(to.until === undefined ? {} : { canary_until: to.until }) });
  return changed === 1;
}

/** Stops the mailing and says which threshold the first passed. */
export async function failCanary(
  db: Database,
  { id, from, verdict, now }: { id: number; from: CanaryState; verdict: CanaryVerdict; now: number },
): Promise<boolean> {
  return transact(db, async (trx) => {
    if (!(await moveCanary(trx, id, from, { state: 'failed' }))) return false;
    await trx('campaigns')
      .where({ id })
      .update({ canary_verdict: JSON.stringify(verdict) });
    await moveCampaign(trx, id, 'stop', { now, reason: 'canary_failed' });
    return true;
  });
}
