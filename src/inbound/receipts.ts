// Receipts: finds the deliveries a receipt (or a bounce) speaks of, moves them forward and their figures with them.
import { type Inbound, REFUSAL_REASONS } from '../domain/channel.ts';
import type { HeraldEvent } from '../domain/event.ts';
import { applyReceipt, type Receipt } from '../domain/receipt.ts';
import type { Connection } from '../domain/subscriber.ts';
import {
  type Addressee,
  type ArrivalDelivery,
  isBeingSent,
  lockByMessageId,
  lockSentUntil,
  saveArrival,
  saveFailure,
  saveMessageId,
} from '../store/arrivals.ts';
import { bump, type CounterChange } from '../store/counters.ts';
import type { Database } from '../store/database.ts';

export type ReceiptFact = Extract<Inbound, { kind: 'delivered' | 'opened' | 'undelivered' }>;

export interface ReceiptTargets {
  deliveries: ArrivalDelivery[];
  /** The receipt overtook the answer to the call that sends: it may find more in a moment. */
  early: boolean;
}

/** The deliveries a receipt speaks of, locked. */
export async function findReceipted(db: Database, connection: Connection, fact: ReceiptFact): Promise<ReceiptTargets> {
  if (fact.kind !== 'undelivered' && fact.upTo) return findUpTo(db, connection, fact);
  if (fact.messageId === null) return { deliveries: [], early: false };
  const named = await lockByMessageId(db, connection, fact.messageId);
  if (named) return { deliveries: [named], early: false };
  if (await isBeingSent(db, connection)) return { deliveries: [], early: true };
  const unknown = await theOneWithoutId(db, connection, fact.at);
  if (unknown) await saveMessageId(db, unknown.id, fact.messageId);
  return { deliveries: unknown ? [unknown] : [], early: false };
}

/** All until an instant, or until the message that is named; of an unknown one nobody can tell what came before it. */
async function findUpTo(
  db: Database,
  connection: Connection,
  { kind, messageId, at }: Pick<ReceiptFact, 'kind' | 'messageId' | 'at'>,
): Promise<ReceiptTargets> {
  const last = messageId === null ? null : await lockByMessageId(db, connection, messageId);
  const until = messageId === null ? at : (last?.sendingAt ?? last?.sentAt ?? null);
  const mark = kind === 'opened' ? 'opened_at' : 'delivered_at';
  const deliveries = until === null ? [] : await lockSentUntil(db, connection, until, { mark, at });
  return { deliveries, early: (messageId === null || !last) && (await isBeingSent(db, connection)) };
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
    if (receipt.kind === 'undelivered') await saveFailure(db, delivery.id, receipt);
    if (delivery.purpose !== 'campaign') continue;
    for (const count of counts) changes.push({ campaignId: delivery.campaignId, botId: delivery.botId, ...count });
  }
  await bump(db, changes);
}

// --- As an event ----------------------------------------------------------------------------

/** What an event keeps of a receipt. */
export const toldOf = (fact: ReceiptFact): Record<string, unknown> =>
  fact.kind === 'undelivered'
    ? { messageId: fact.messageId, reason: fact.reason, detail: fact.detail }
    : { messageId: fact.messageId, upTo: fact.upTo };

/** The receipt as it was told; null for an event of another kind. */
export function retold({ kind, at, externalId, data }: HeraldEvent, address: string): ReceiptFact | null {
  const messageId = typeof data.messageId === 'string' ? data.messageId : null;
  const base = { at, externalId: externalId ?? '', address, messageId };
  switch (kind) {
    case 'delivered':
    case 'opened':
      return { ...base, kind, upTo: data.upTo === true };
    case 'undelivered':
      return {
        ...base,
        kind,
        reason: REFUSAL_REASONS.find((reason) => reason === data.reason) ?? 'platform_error',
        detail: String(data.detail ?? ''),
      };
    default:
      return null;
  }
}
