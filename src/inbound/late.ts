// Receipts that overtook the answer to the call they speak of: the person's phone was quicker than our own note. They
// are stored already; here they are looked at again after a moment, and once more after a restart.
import type { Bus } from '../bus.ts';
import type { Logger } from '../log.ts';
import { lockDelivery } from '../store/arrivals.ts';
import type { Database } from '../store/database.ts';
import { transact } from '../store/transact.ts';
import { findWaitingReceipts, lockReceiptEvent, resolveReceiptEvent } from '../store/receipt-events.ts';
import { findReceipted, type ReceiptFact, retold, takeReceipt } from './receipts.ts';

export interface LateDeps {
  db: Database;
  bus: Bus;
  now: () => number;
  log: Logger;
}

const DELAYS_MS = [300, 1500, 10_000, 60_000];
const LOOK_BACK_MS = 24 * 3600 * 1000;

export function startLateReceipts(deps: LateDeps): { stop(): Promise<void> } {
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();

  const lookAgain = async (eventId: number, round: number): Promise<void> => {
    try {
      if (await retakeReceipt(deps.db, eventId)) wait(eventId, round + 1);
      else deps.bus.publish('live');
    } catch (error) {
      deps.log.warn({ event: 'receipt.not_retaken', eventId, err: error });
      wait(eventId, round + 1);
    }
  };
  const wait = (eventId: number, round: number): void => {
    const delay = DELAYS_MS[round];
    if (delay === undefined) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const work = lookAgain(eventId, round).finally(() => running.delete(work));
      running.add(work);
    }, delay);
    timers.add(timer);
  };

  const unsubscribe = deps.bus.subscribe('receipt', (data) => wait((data as { eventId: number }).eventId, 0));
  const sweep = findWaitingReceipts(deps.db, deps.now() - LOOK_BACK_MS)
    .then((ids) => ids.forEach((id) => wait(id, 0)))
    .catch((error: unknown) => deps.log.warn({ event: 'receipt.sweep_failed', err: error }))
    .finally(() => running.delete(sweep));
  running.add(sweep);

  return {
    async stop() {
      unsubscribe();
      await sweep;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await Promise.all(running);
    },
  };
}

/** Takes a stored receipt once more; answers whether it is still too early. */
export async function retakeReceipt(db: Database, eventId: number): Promise<boolean> {
  return transact(db, async (trx) => {
    const stored = await lockReceiptEvent(trx, eventId);
    if (!stored) return false;
    const { connection, event } = stored;
    const fact = retold(event, connection.externalId);
    if (!fact) return false;
    if (event.deliveryId !== null) return retakeOwn(trx, event.deliveryId, fact);
    const { deliveries, early } = await findReceipted(trx, connection, fact);
    await takeReceipt(trx, deliveries, fact);
    if (!early && deliveries.length === 1) await resolveReceiptEvent(trx, eventId, deliveries[0]!);
    return early;
  });
}

/** One that names its message: it waited only for what the platform answered. */
async function retakeOwn(trx: Database, deliveryId: number, fact: ReceiptFact): Promise<boolean> {
  const delivery = await lockDelivery(trx, deliveryId);
  if (!delivery) return false;
  await takeReceipt(trx, [delivery], fact);
  return delivery.state === 'sending';
}
