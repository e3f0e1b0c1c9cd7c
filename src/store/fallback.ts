// Deliveries that a connection refused go on over the person's next one: the same row, so that nobody can get two
// copies, with another connection and bot, due at once. Which one is next is decided in domain/fallback.ts. Asked only
// about refusals: where nothing is refused nothing of this runs.
import {
  afterRefusal,
  type Bots,
  type FallbackReason,
  type Onward,
  type Order,
  orderOf,
  readTried,
  type Tried,
  type Ways,
  writeTried,
} from '../domain/fallback.ts';
import { groupBy } from '../domain/group.ts';
import { mailingSettingsSchema, type Via } from '../domain/mailing-settings.ts';
import { messageFor } from '../domain/message.ts';
import type { ConnectionStatus } from '../domain/subscriber.ts';
import type { CounterChange } from './counters.ts';
import { type Database, isMysql, readJson } from './database.ts';
import { PRIORITY, scheduleDue } from './due.ts';
import { contentOf } from './messages.ts';
import { run } from './run.ts';
import { valuesTable } from './values.ts';

export interface Refused {
  id: number;
  reason: FallbackReason;
}

/** A delivery that changes its connection. */
export interface Move {
  id: number;
  campaignId: number;
  subscriberId: number;
  from: Place;
  to: Place & { bot: string };
  reason: FallbackReason;
  tried: readonly Tried[];
}

interface Place {
  connectionId: number;
  botId: number;
}

export interface Verdicts {
  moves: ReadonlyMap<number, Move>;
  /** Those that end, for the first reason. */
  ends: ReadonlyMap<number, FallbackReason>;
}

const NO_VERDICTS: Verdicts = { moves: new Map(), ends: new Map() };

/**
 * What becomes of deliveries that their connections refuse. Only looks: the stamp asks again before anything goes out,
 * so that what changes meanwhile does no harm. Tests, replies and what has arrived in part stay where they are.
 */
export async function whereNext(db: Database, refusals: readonly Refused[]): Promise<Verdicts> {
  if (refusals.length === 0) return NO_VERDICTS;
  const reasons = new Map(refusals.map(({ id, reason }) => [id, reason]));
  const rows = await refusedRows(db, [...reasons.keys()]);
  const open = await openBots(db);
  const names = new Map(open.map(({ id, name }) => [id, name]));
  const routes = await routesOf(db, [...new Set(rows.map((row) => row.campaignId))], open);
  const ways = await waysOf(
    db,
    rows.filter((row) => routes.has(row.campaignId)).map((row) => row.subscriberId),
  );
  const moves = new Map<number, Move>();
  const ends = new Map<number, FallbackReason>();
  for (const row of rows) {
    const { order, bots } = routes.get(row.campaignId) ?? NO_ROUTE;
    const refused = { connectionId: row.connectionId, reason: reasons.get(row.id)! };
    const onward: Onward = afterRefusal({
      order,
      bots,
      ways: ways.get(row.subscriberId) ?? { all: [], main: null },
      tried: readTried(row.tried),
      refused,
    });
    if (onward.kind === 'end') ends.set(row.id, onward.reason);
    else moves.set(row.id, moveOf(row, refused.reason, onward, names));
  }
  return { moves, ends };
}

const moveOf = (
  row: RefusedRow,
  reason: FallbackReason,
  { way, tried }: Onward & { kind: 'next' },
  names: ReadonlyMap<number, string>,
): Move => ({
  id: row.id,
  campaignId: row.campaignId,
  subscriberId: row.subscriberId,
  from: { connectionId: row.connectionId, botId: row.botId },
  to: { connectionId: way.connectionId, botId: way.botId, bot: names.get(way.botId) ?? '' },
  reason,
  tried,
});

interface RefusedRow extends Place {
  id: number;
  campaignId: number;
  subscriberId: number;
  tried: string | null;
}

const refusedRows = (db: Database, ids: number[]): Promise<RefusedRow[]> =>
  db('deliveries')
    .whereIn('id', ids)
    .where({ purpose: 'campaign', parts: 0 })
    .select(
      'id',
      'campaign_id as campaignId',
      'subscriber_id as subscriberId',
      'connection_id as connectionId',
      'bot_id as botId',
      'tried',
    );

/** How a mailing goes on. */
interface Route {
  order: Order;
  bots: Bots;
}

const NO_ROUTE: Route = { order: null, bots: new Map() };

interface OpenBot {
  id: number;
  public_id: string;
  channel: string;
  name: string;
}

const openBots = (db: Database): Promise<OpenBot[]> =>
  db('bots').whereNot({ status: 'disconnected' }).select('id', 'public_id', 'channel', 'name');

/** The routes of those mailings that have one. */
async function routesOf(
  db: Database,
  campaignIds: readonly number[],
  bots: readonly OpenBot[],
): Promise<Map<number, Route>> {
  const campaigns: { id: number; settings: unknown; message_id: number; message_version_id: number | null }[] =
    await db('campaigns')
      .whereIn('id', [...campaignIds])
      .select('id', 'settings', 'message_id', 'message_version_id');
  const ids = new Map(bots.map((bot) => [bot.public_id, bot.id]));
  const routes = new Map<number, Route>();
  for (const { id, settings, message_id: messageId, message_version_id: messageVersionId } of campaigns) {
    const { via }: { via: Via } = mailingSettingsSchema.parse(readJson(settings));
    const order = orderOf(via, (publicId) => ids.get(publicId));
    if (order === null) continue;
    const content = await contentOf(db, { messageId, messageVersionId });
    const variant = (channel: string): boolean => messageFor(content, channel) !== null;
    routes.set(id, { order, bots: new Map(bots.map((bot) => [bot.id, { variant: variant(bot.channel) }])) });
  }
  return routes;
}

interface WayRow {
  subscriber_id: number;
  main: number | null;
  id: number;
  bot_id: number;
  status: ConnectionStatus;
  used_at: number;
}

async function waysOf(db: Database, subscriberIds: readonly number[]): Promise<Map<number, Ways>> {
  const rows: WayRow[] = await db('connections as c')
    .join('subscribers as s', 's.id', 'c.subscriber_id')
    .whereIn('c.subscriber_id', [...subscriberIds])
    .whereNull('s.erased_at')
    .select(
      'c.subscriber_id',
      's.main_connection_id as main',
      'c.id',
      'c.bot_id',
      'c.status',
      db.raw('coalesce(c.last_inbound_at, c.subscribed_at, 0) as used_at'),
    );
  const people = [...groupBy(rows, (row) => row.subscriber_id)];
  return new Map(
    people.map(([id, own]) => [
      id,
      {
        main: own[0]?.main ?? null,
        all: own.map((row) => ({
          connectionId: row.id,
          botId: row.bot_id,
          status: row.status,
          usedAt: Number(row.used_at),
        })),
      },
    ]),
  );
}

// --- Going on -------------------------------------------------------------------------------

/** What a move changes in the counters: planned is counted where the delivery is. */
export const countsOf = ({ campaignId, from, to }: Move): CounterChange[] => [
  { campaignId, botId: from.botId, figure: 'planned', by: -1 },
  { campaignId, botId: to.botId, figure: 'planned', by: 1 },
];

/**
 * Carries out moves of deliveries that the same transaction has seen or made planned; the caller counts them with
 * `countsOf`, together with what else it counts. An event says so in the person's timeline.
 */
export async function moveOn(trx: Database, moves: readonly Move[], at: number): Promise<void> {
  if (moves.length === 0) return;
  const columns = ['id', 'connection_id', 'bot_id', 'tried'];
  const rows = moves.map(({ id, to, tried }) => [id, to.connectionId, to.botId, writeTried(tried)]);
  const values = valuesTable(trx, 'v', columns, rows);
  const set = (target: string): string =>
    `${target}connection_id = v.connection_id, ${target}bot_id = v.bot_id, ${target}tried = v.tried, ${target}attempts = 0, ${target}call_key = null,
     ${target}reason = null, ${target}detail = null, ${target}settled_at = null`;
  const sql = isMysql(trx)
    ? `update ${values.sql} straight_join deliveries d on d.id = v.id set ${set('d.')} where d.state = 'planned'`
    : `update deliveries as d set ${set('')} from ${values.sql} where d.id = v.id and d.state = 'planned'`;
  await run(trx, sql, values.bindings);
  await scheduleDue(
    trx,
    moves.map(({ id, campaignId, to }) => ({
      deliveryId: id,
      campaignId,
      botId: to.botId,
      priority: PRIORITY.retry,
      dueAt: at,
    })),
  );
  await trx('events').insert(
    moves.map(({ id, campaignId, subscriberId, from, to, reason }) => ({
      at,
      kind: 'fell_back',
      subscriber_id: subscriberId,
      connection_id: from.connectionId,
      bot_id: from.botId,
      campaign_id: campaignId,
      delivery_id: id,
      data: JSON.stringify({ reason, to: to.bot }),
    })),
  );
}
