// Who leaves by the address in a message: the same fact as a word to the bot, so that it takes effect at once, also for
// what is planned already, and counts for the message it came from.
import { THE_MESSAGE } from '../domain/tracking.ts';
import type { Connection } from '../domain/subscriber.ts';
import type { ArrivalDelivery } from '../store/arrivals.ts';
import { type Bot, getBotById } from '../store/bots.ts';
import { getConnection } from '../store/connections.ts';
import type { Database } from '../store/database.ts';
import { receive, type ReceiveDeps } from './receive.ts';
import { findAddressed } from './tracked.ts';

/** A message as a token names it, and where it went. */
export interface Sent {
  delivery: ArrivalDelivery;
  connection: Connection;
  bot: Bot;
}

/** Null for a token that is not ours, or of a link. */
export async function findSent(db: Database, key: Buffer, token: string, to: string | undefined): Promise<Sent | null> {
  const found = await findAddressed(db, key, token, to);
  const delivery = found?.number === THE_MESSAGE ? found.delivery : null;
  const connection = delivery && (await getConnection(db, delivery.connectionId));
  const bot = delivery && (await getBotById(db, delivery.botId));
  return connection && bot ? { delivery, connection, bot } : null;
}

export async function leave(deps: ReceiveDeps, { connection, bot }: Sent, token: string): Promise<void> {
  if (connection.status === 'unsubscribed') return;
  // Named after the subscription that ends: a repeat ends it once, and a later one can be ended by the same address.
  const externalId = `left:${connection.id}:${connection.since}`;
  await receive(deps, bot, [
    { kind: 'unsubscribed', externalId, at: deps.now(), address: connection.externalId, token },
  ]);
}
