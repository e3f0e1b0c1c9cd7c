// What a token in an address stands for: a message and one of its links. In a batch that is one payload for all, the token
// names the mailing only; which of its people it was is told beside it by the platform, and believed only of those who
// got that mailing.
import { readSharedToken, readToken } from '../domain/tracking.ts';
import { type ArrivalDelivery, lockDelivery, lockDeliveryTo } from '../store/arrivals.ts';
import { connectionsAt } from '../store/connections.ts';
import type { Database } from '../store/database.ts';
import { ADDRESS_LENGTH } from './newcomers.ts';

export interface Addressed {
  campaignId: number;
  /** Of the link; `THE_MESSAGE` is the message itself. */
  number: number;
  /** Null where nobody is named who got it: it leads there all the same, and counts for nobody. */
  delivery: ArrivalDelivery | null;
  /** The token is not of one message. */
  shared: boolean;
}

/** Null for a token that is not ours, or whose message is gone. `to`: the receiver, where the platform put it there. */
export async function findAddressed(
  db: Database,
  key: Buffer,
  token: string,
  to: string | undefined,
): Promise<Addressed | null> {
  const own = readToken(key, token);
  if (own) {
    const delivery = await lockDelivery(db, own.deliveryId);
    return delivery && { campaignId: delivery.campaignId, number: own.number, delivery, shared: false };
  }
  const shared = readSharedToken(key, token);
  return shared && { ...shared, delivery: await deliveryTo(db, shared.campaignId, to), shared: true };
}

async function deliveryTo(db: Database, campaignId: number, to: string | undefined): Promise<ArrivalDelivery | null> {
  if (to === undefined || to === '' || to.length > ADDRESS_LENGTH) return null;
  // Ids are a bot's own: on two bots one id may be two people.
  for (const connection of await connectionsAt(db, to)) {
    const delivery = await lockDeliveryTo(db, campaignId, connection);
    if (delivery) return delivery;
  }
  return null;
}
