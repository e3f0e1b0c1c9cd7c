// Deliveries as facts from outside speak of them: found by the platform's message id, by time, or by a token, locked
// for the rest of the transaction, and moved forward by receipts and clicks.
import type { Knex } from 'knex';
import { DETAIL_MAX, type RefusalReason } from '../domain/channel.ts';
import type { DeliveryPurpose, DeliveryState } from '../domain/delivery.ts';
import { ARRIVABLE, type Arrival } from '../domain/receipt.ts';
import type { Database } from './database.ts';

export interface ArrivalDelivery extends Arrival {
  id: number;
  campaignId: number;
  subscriberId: number;
  connectionId: number;
  botId: number;
  purpose: DeliveryPurpose;
  /** The platform's id; null when it was never told. */
  messageId: string | null;
}

interface ArrivalRow {
  id: number;
  campaign_id: number;
  subscriber_id: number;
  connection_id: number;
  bot_id: number;
  purpose: DeliveryPurpose;
  external_message_id: string | null;
  state: DeliveryState;
  sending_at: number | null;
  sent_at: number | null;
  delivered_at: number | null;
  opened_at: number | null;
}

const COLUMNS = [
  'id',
  'campaign_id',
  'subscriber_id',
  'connection_id',
  'bot_id',
  'purpose',
  'external_message_id',
  'state',
  'sending_at',
  'sent_at',
  'delivered_at',
  'opened_at',
] as const;

const toArrival = (row: ArrivalRow): ArrivalDelivery => ({
  id: row.id,
  campaignId: row.campaign_id,
  subscriberId: row.subscriber_id,
  connectionId: row.connection_id,
  botId: row.bot_id,
  purpose: row.purpose,
  messageId: row.external_message_id,
  state: row.state,
  sendingAt: row.sending_at,
  sentAt: row.sent_at,
  deliveredAt: row.delivered_at,
  openedAt: row.opened_at,
});

const locked = (db: Database): Knex.QueryBuilder =>
  db('deliveries')
    .select(...COLUMNS)
    .forUpdate();

export async function lockDelivery(db: Database, id: number): Promise<ArrivalDelivery | null> {
  const [row] = (await locked(db).where({ id })) as ArrivalRow[];
  return row ? toArrival(row) : null;
}

export interface Addressee {
  id: number;
  subscriberId: number;
  botId: number;
}

/** The last message of a campaign that reached, or may have reached, this person. */
export async function lockDeliveryTo(db: Database, campaignId: number, to: Addressee): Promise<ArrivalDelivery | null> {
  const [row] = (await locked(db)
    .where({ campaign_id: campaignId, subscriber_id: to.subscriberId, connection_id: to.id, purpose: 'campaign' })
    .whereIn('state', [...ARRIVABLE, 'sending'])
    .orderBy('id', 'desc')
    .limit(1)) as ArrivalRow[];
  return row ? toArrival(row) : null;
}

/** The message with this id at the platform, if it went to this person. */
export async function lockByMessageId(db: Database, to: Addressee, messageId: string): Promise<ArrivalDelivery | null> {
  const rows = (await locked(db).where({ bot_id: to.botId, external_message_id: messageId })) as ArrivalRow[];
  const row = rows.find(({ connection_id }) => connection_id === to.id);
  return row ? toArrival(row) : null;
}

/**
 * All that the platform has, or may have, of what went out to this person until an instant; oldest first. With a receipt's
 * time only those of which it was not told as early: someone who reads for years has hundreds of which it was.
 */
export async function lockSentUntil(
  db: Database,
  to: Addressee,
  until: number,
  told?: { mark: 'delivered_at' | 'opened_at'; at: number },
): Promise<ArrivalDelivery[]> {
  const rows = (await locked(db)
    .where({ subscriber_id: to.subscriberId, connection_id: to.id })
    .whereIn('state', [...ARRIVABLE])
    .whereRaw('coalesce(sending_at, sent_at) <= ?', [until])
    .where((query) => {
      if (told) void query.whereNull(told.mark).orWhere(told.mark, '>', told.at);
    })
    .orderBy('id')) as ArrivalRow[];
  return rows.map(toArrival);
}

/** Is something on the wire to this person whose outcome is not written down yet? */
export async function isBeingSent(db: Database, to: Addressee): Promise<boolean> {
  const row: unknown = await db('deliveries')
    .where({ subscriber_id: to.subscriberId, connection_id: to.id, state: 'sending' })
    .first('id');
  return row !== undefined;
}

/** The last message of a mailing that reached, or may have reached, this person in a span of time. */
export async function lockLastSent(
  db: Database,
  to: Addressee,
  span: { from: number; to: number },
): Promise<ArrivalDelivery | null> {
  const [row] = (await locked(db)
    .where({ subscriber_id: to.subscriberId, connection_id: to.id, purpose: 'campaign' })
    .whereIn('state', [...ARRIVABLE, 'sending'])
    .whereRaw('coalesce(sending_at, sent_at) between ? and ?', [span.from, span.to])
    .orderBy('id', 'desc')
    .limit(1)) as ArrivalRow[];
  return row ? toArrival(row) : null;
}

export async function saveArrival(db: Database, id: number, arrival: Arrival): Promise<void> {
  await db('deliveries').where({ id }).update({
    state: arrival.state,
    sent_at: arrival.sentAt,
    delivered_at: arrival.deliveredAt,
    opened_at: arrival.openedAt,
  });
}

/** Why it failed, for the one who reads the list of recipients. */
export async function saveFailure(
  db: Database,
  id: number,
  { reason, detail }: { reason: RefusalReason; detail: string },
): Promise<void> {
  await db('deliveries')
    .where({ id })
    .update({ reason, detail: detail.slice(0, DETAIL_MAX) });
}

/** Remembers the platform's id of a message whose fate was unknown. */
export async function saveMessageId(db: Database, id: number, messageId: string): Promise<void> {
  await db('deliveries').where({ id }).whereNull('external_message_id').update({ external_message_id: messageId });
}

export const MARKS = [
  'link_clicked_at',
  'buy_clicked_at',
  'button_clicked_at',
  'replied_at',
  'unsubscribed_at',
] as const;
export type Mark = (typeof MARKS)[number];

/** Marks that the person did this; true the first time only. */
export async function markOnce(db: Database, deliveryId: number, mark: Mark, at: number): Promise<boolean> {
  return (
    (await db('deliveries')
      .where({ id: deliveryId })
      .whereNull(mark)
      .update({ [mark]: at })) > 0
  );
}
