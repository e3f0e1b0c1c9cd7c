// A tracked address was opened: finds what its token stands for, and writes the visit down as a click of the person,
// or, apart from those, as the visit of a link preview or another machine.
import type { Bus } from '../bus.ts';
import { type ArrivalDelivery, lockDelivery } from '../store/arrivals.ts';
import { bump } from '../store/counters.ts';
import type { Database } from '../store/database.ts';
import { insertEvent } from '../store/events.ts';
import { findLink, type StoredLink } from '../store/links.ts';
import { touchLastSeen } from '../store/subscribers.ts';
import { transact } from '../store/transact.ts';
import { CLICKS, countClick } from './clicks.ts';
import { takeReceipt } from './receipts.ts';
import { findAddressed } from './tracked.ts';

export interface VisitDeps {
  db: Database;
  bus: Bus;
  now: () => number;
}

export interface Tracked {
  /** Null: an address of a batch, opened by nobody who is known to have got it. */
  delivery: ArrivalDelivery | null;
  link: StoredLink;
  /** The address is the same for everybody. */
  shared: boolean;
}

/** A tracked address that leads to one message. */
export interface OwnTracked extends Tracked {
  delivery: ArrivalDelivery;
}

/** Null for a token that is not ours, or whose message is gone. */
export async function findTracked(
  db: Database,
  key: Buffer,
  token: string,
  to: string | undefined,
): Promise<Tracked | null> {
  const found = await findAddressed(db, key, token, to);
  const link = found && (await findLink(db, found.campaignId, found.number));
  return link && { delivery: found.delivery, link, shared: found.shared };
}

export async function recordPersonVisit(
  deps: VisitDeps,
  { delivery: { id }, link }: Pick<OwnTracked, 'delivery' | 'link'>,
): Promise<void> {
  const at = deps.now();
  await transact(deps.db, async (trx) => {
    const delivery = await lockDelivery(trx, id);
    if (!delivery) return;
    const eventId = await insertEvent(trx, {
      ...visitEvent({ delivery, link }, at),
      subscriberId: delivery.subscriberId,
      connectionId: delivery.connectionId,
    });
    await countClick(trx, { delivery, link, eventId: eventId!, at });
    await touchLastSeen(trx, delivery.subscriberId, at);
  });
  deps.bus.publish('live');
}

/** No fact about the person: the event names the message and nobody. */
export async function recordMachineVisit(
  deps: VisitDeps,
  tracked: Pick<OwnTracked, 'delivery' | 'link'>,
): Promise<void> {
  const { delivery, link } = tracked;
  if (delivery.purpose !== 'campaign') return;
  const event = visitEvent(tracked, deps.now());
  await transact(deps.db, async (trx) => {
    await insertEvent(trx, { ...event, data: { buttonId: link.buttonId, scanner: true } });
    await bump(trx, [{ campaignId: delivery.campaignId, botId: delivery.botId, figure: 'scanner_clicks', by: 1 }]);
  });
  deps.bus.publish('live');
}

/** The picture of one pixel was loaded: a receipt, for channels on which this is how opening is told. Once is enough. */
export async function recordOpened(
  deps: VisitDeps,
  { delivery: { id } }: { delivery: ArrivalDelivery },
): Promise<void> {
  const at = deps.now();
  const early = await transact(deps.db, async (trx) => {
    const delivery = await lockDelivery(trx, id);
    if (!delivery) return null;
    const { campaignId, subscriberId, connectionId, botId, state } = delivery;
    const about = { campaignId, subscriberId, connectionId, botId, deliveryId: id };
    const eventId = await insertEvent(trx, { at, kind: 'opened', ...about, externalId: `pixel:${id}` });
    if (eventId === null) return null;
    await takeReceipt(trx, [delivery], { kind: 'opened', at });
    return state === 'sending' ? eventId : null;
  });
  if (early !== null) deps.bus.publish('receipt', { eventId: early });
  deps.bus.publish('live');
}

const visitEvent = ({ delivery, link }: Pick<OwnTracked, 'delivery' | 'link'>, at: number) => ({
  at,
  kind: CLICKS[link.kind].event,
  botId: delivery.botId,
  campaignId: delivery.campaignId,
  deliveryId: delivery.id,
  data: { buttonId: link.buttonId, label: link.label },
});
