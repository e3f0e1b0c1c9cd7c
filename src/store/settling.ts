// Writes what became of a group of deliveries: their states, the counters, the later tries and what was learnt about
// connections, in one transaction. Those that were simply sent, nearly all, are one statement; where a row is not
// `sending` any more (its lease ran out and another sender called it unconfirmed), the group is written row by row.
import { FIGURE_OF } from '../domain/delivery.ts';
import { allowsFallback } from '../domain/fallback.ts';
import { leaveCalls } from './calls.ts';
import { charge } from './charges.ts';
import { bump, type CounterChange } from './counters.ts';
import { type Database, isMysql } from './database.ts';
import { removeDue, scheduleDue } from './due.ts';
import { countsOf, moveOn, whereNext } from './fallback.ts';
import { run } from './run.ts';
import { isSimplySent, saveSent } from './sent.ts';
import type { SettledDelivery } from './settled.ts';
import { transact } from './transact.ts';
import { type Value, valuesTable } from './values.ts';

export async function saveSettled(db: Database, group: readonly SettledDelivery[]): Promise<void> {
  const simple = group.filter((delivery) => isSimplySent(db, delivery));
  const saved = await saveSent(db, simple);
  const rest = saved ? group.filter((delivery) => !isSimplySent(db, delivery)) : group;
  if (rest.length === 0) return;
  const decided = await fallBack(db, rest);
  try {
    await transact(db, (trx) => save(trx, decided, updateTogether));
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    await transact(db, (trx) => save(trx, decided, updateOneByOne));
  }
}

// --- Everything else ------------------------------------------------------------------------

/** What a connection refused for good is planned again over the person's next one, or ends for the first reason. */
async function fallBack(db: Database, group: readonly SettledDelivery[]): Promise<readonly SettledDelivery[]> {
  const refusals = group.flatMap(({ id, settled: { state, reason } }) =>
    state === 'failed' && allowsFallback(reason) ? [{ id, reason }] : [],
  );
  if (refusals.length === 0) return group;
  const { moves, ends } = await whereNext(db, refusals);
  return group.map((delivery) => {
    const { settled } = delivery;
    const move = moves.get(delivery.id);
    if (move) return { ...delivery, move, settled: { ...settled, state: 'planned', attempts: 0 } };
    return { ...delivery, settled: { ...settled, reason: ends.get(delivery.id) ?? settled.reason } };
  });
}

type Update = (db: Database, group: readonly SettledDelivery[]) => Promise<Written>;

interface Written {
  /** Went from sending to what the try made of them. */
  written: readonly SettledDelivery[];
  /** Had been called unconfirmed meanwhile, and turn out to have been accepted. */
  resolved: readonly SettledDelivery[];
}

class Overtaken extends Error {}

async function save(db: Database, group: readonly SettledDelivery[], update: Update): Promise<void> {
  const { written, resolved } = await update(db, group);
  const moves = written.flatMap(({ move }) => move ?? []);
  const counted = (delivery: SettledDelivery): boolean => delivery.purpose === 'campaign';
  await bump(db, [
    ...written.filter(counted).flatMap(figureOf),
    ...moves.flatMap(countsOf),
    ...resolved
      .filter(counted)
      .flatMap((delivery) => [...figureOf(delivery), { ...keyOf(delivery), figure: 'unconfirmed', by: -1 }]),
  ]);
  await charge(
    db,
    [...written, ...resolved].filter(({ charged }) => charged),
  );
  await leaveCalls(
    db,
    written.filter(({ settled, call }) => settled.state === 'planned' && call?.keep === false),
  );
  await scheduleDue(
    db,
    written.filter(comesBack).map((d) => ({ ...d, deliveryId: d.id, dueAt: d.settled.dueAt ?? d.at })),
  );
  await removeDue(
    db,
    written.filter((d) => d.single && d.settled.state !== 'planned').map((d) => d.id),
  );
  await moveOn(db, moves, written[0]?.at ?? 0);
  await changeConnections(db, written);
}

const comesBack = (delivery: SettledDelivery): boolean =>
  delivery.settled.state === 'planned' && !delivery.kept && !delivery.move;

const keyOf = ({ campaignId, botId }: SettledDelivery): { campaignId: number; botId: number } => ({
  campaignId,
  botId,
});

const COUNTED_BY_MINUTE: ReadonlySet<string> = new Set(['sent', 'failed']);

function figureOf(delivery: SettledDelivery): CounterChange[] {
  const figure = FIGURE_OF[delivery.settled.state];
  if (figure === null) return [];
  return [{ ...keyOf(delivery), figure, by: 1, ...(COUNTED_BY_MINUTE.has(figure) ? { at: delivery.at } : {}) }];
}

// --- States ---------------------------------------------------------------------------------

const COLUMNS = [
  'id',
  'state',
  'reason',
  'detail',
  'attempts',
  'parts',
  'message_id',
  'settled_at',
  'sent_at',
  'stamped_at',
] as const;

const valuesOf = (d: SettledDelivery): Value[] => [
  d.id,
  d.settled.state,
  d.settled.reason,
  d.settled.detail,
  d.settled.attempts,
  d.settled.parts,
  d.settled.messageId,
  d.settled.state === 'planned' ? null : d.at,
  d.settled.state === 'sent' ? d.at : null,
  d.stampedAt,
];

const updateTogether: Update = async (db, group) => {
  const values = valuesTable(db, 'v', COLUMNS, group.map(valuesOf));
  const changed = await run(db, updateFrom(values.sql, isMysql(db)), values.bindings);
  if (changed !== group.length) throw new Overtaken();
  return { written: group, resolved: [] };
};

const SET = ['state', 'reason', 'detail', 'attempts', 'parts', 'settled_at', 'sent_at'];

/** The same statement in the words of both: SQLite updates from a table, MySQL updates a join. */
function updateFrom(values: string, mysql: boolean): string {
  const target = mysql ? 'd.' : '';
  const set = [
    ...SET.map((column) => `${target}${column} = v.${column}`),
    `${target}external_message_id = v.message_id`,
  ].join(', ');
  return mysql
    ? `update ${values} straight_join deliveries d on d.id = v.id set ${set} where d.state = 'sending' and d.sending_at = v.stamped_at`
    : `update deliveries as d set ${set} from ${values} where d.id = v.id and d.state = 'sending' and d.sending_at = v.stamped_at`;
}

const updateOneByOne: Update = async (db, group) => {
  const written: SettledDelivery[] = [];
  const resolved: SettledDelivery[] = [];
  for (const delivery of group) {
    const [id, state, reason, detail, attempts, parts, messageId, settledAt, sentAt] = valuesOf(delivery);
    const row = {
      state,
      reason,
      detail,
      attempts,
      parts,
      external_message_id: messageId,
      settled_at: settledAt,
      sent_at: sentAt,
    };
    if ((await db('deliveries').where({ id, state: 'sending', sending_at: delivery.stampedAt }).update(row)) === 1)
      written.push(delivery);
    else if (state === 'sent' && (await db('deliveries').where({ id, state: 'unconfirmed' }).update(row)) === 1)
      resolved.push(delivery);
  }
  return { written, resolved };
};

// --- Connections ----------------------------------------------------------------------------

/** What a refusal says about the connection, unless something newer is known; a change is an event. */
async function changeConnections(db: Database, written: readonly SettledDelivery[]): Promise<void> {
  for (const status of new Set(written.flatMap((d) => d.settled.connection ?? []))) {
    const about = new Map(written.filter((d) => d.settled.connection === status).map((d) => [d.connectionId, d]));
    const rows = (await db('connections')
      .whereIn('id', [...about.keys()])
      .whereNot({ status })
      .forUpdate()
      .select('id', 'since')) as { id: number; since: number }[];
    const changing = rows.flatMap((row) => {
      const delivery = about.get(row.id);
      return delivery && row.since <= delivery.at ? [delivery] : [];
    });
    if (changing.length === 0) continue;
    await db('connections')
      .whereIn(
        'id',
        changing.map((d) => d.connectionId),
      )
      .update({
        // Remembered, so that unblocking gives back no more than there was.
        reason: db.raw(`case when status in ('unsubscribed', 'pending') then status end`),
        since: Math.max(...changing.map((d) => d.at)),
        // Last: MySQL evaluates from left to right, and the reason looks at the status before.
        status,
      });
    await db('events').insert(
      changing.map((d) => ({
        at: d.at,
        kind: status,
        subscriber_id: d.subscriberId,
        connection_id: d.connectionId,
        bot_id: d.botId,
        campaign_id: d.campaignId,
        delivery_id: d.id,
        data: JSON.stringify({}),
      })),
    );
  }
}
