// Receipts: finds the deliveries a receipt speaks of, moves them forward and their figures with them.
import type { Inbound } from '../domain/channel.ts';
import { applyReceipt, type Receipt } from '../domain/receipt.ts';
import type { Connection } from '../domain/subscriber.ts';
import {
  type Addressee,
  type ArrivalDelivery,
  isBeingSent,
  lockByMessageId,
  lockSentUntil,
  saveArrival,
  saveMessageId,
} from '../store/arrivals.ts';
import { bump, type CounterChange } from '../store/counters.ts';
import type { Database } from '../store/database.ts';

export type ReceiptFact = Extract<Inbound, { kind: 'delivered' | 'opened' }>;

export interface ReceiptTargets {
  deliveries: ArrivalDelivery[];
  /** The receipt overtook the answer to the call that sends: it may find more in a moment. */
  early: boolean;
}

/** The deliveries a receipt speaks of, locked. */
export async function findReceipted(db: Database, connection: Connection, fact: ReceiptFact): Promise<ReceiptTargets> {
  if (fact.upTo) {
    const deliveries = await lockSentUntil(db, connection, fact.at);
    return { deliveries, early: await isBeingSent(db, connection) };
  }
  if (fact.messageId === null) return { deliveries: [], early: false };
  const named = await lockByMessageId(db, connection, fact.messageId);
  if (named) return { deliveries: [named], early: false };
  if (await isBeingSent(db, connection)) return { deliveries: [], early: true };
  const unknown = await theOneWithoutId(db, connection, fact.at);
  if (unknown) await saveMessageId(db, unknown.id, fact.messageId);
  return { deliveries: unknown ? [unknown] : [], early: false };
}

/** A receipt for an id we never learned belongs to the message whose id we never learned, if there is just one. */
async function theOneWithoutId(db: Database, to: Addressee, at: number): Promise<ArrivalDelivery | null> {
  const candidates = (await lockSentUntil(db, to, at)).filter(({ messageId }) => messageId === null);
  return candidates.length === 1 ? candidates[0]! : null;
}

export async function takeReceipt(
  db: Database,
  deliveries: readonly ArrivalDelivery[],
  receipt: Receipt,
): Promise<void> {
  const changes: CounterChange[] = [];
  for (const delivery of deliveries) {
    const { after, counts } = applyReceipt(delivery, receipt);
    if (JSON.stringify(after) === JSON.stringify(delivery)) continue;
    await saveArrival(db, delivery.id, after);
    if (delivery.purpose !== 'campaign') continue;
    for (const count of counts) changes.push({ campaignId: delivery.campaignId, botId: delivery.botId, ...count });
  }
  await bump(db, changes);
}
