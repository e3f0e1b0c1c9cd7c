// A website visitor as a connection: how we stand with them, and the joining of a visitor to the person the site
// knows. Joining never takes a visitor away from another known person.
import type { ConnectionStatus } from '../domain/subscriber.ts';
import type { Database } from './database.ts';

export interface VisitorConnection {
  connectionId: number;
  subscriberId: number;
  status: ConnectionStatus;
  externalKey: string | null;
}

interface Address {
  botId: number;
  visitorId: string;
}

export async function visitorConnection(
  db: Database,
  { botId, visitorId }: Address,
): Promise<VisitorConnection | null> {
  const row: VisitorConnection | undefined = await db('connections as c')
    .join('subscribers as s', 's.id', 'c.subscriber_id')
    .where({ 'c.bot_id': botId, 'c.external_id': visitorId })
    .first({
      connectionId: 'c.id',
      subscriberId: 'c.subscriber_id',
      status: 'c.status',
      externalKey: 's.external_key',
    });
  return row ?? null;
}

/**
 * Gives the visitor's connection to the person with this key. An anonymous subscriber becomes that person where there
 * is none yet; otherwise the connection moves over and the anonymous one stays behind with its history.
 */
export async function joinVisitor(db: Database, address: Address, externalKey: string): Promise<void> {
  await db.transaction(async (trx) => {
    const found = await visitorConnection(trx, address);
    if (!found || found.externalKey !== null) return;
    const person: { id: number; main_connection_id: number | null } | undefined = await trx('subscribers')
      .where({ external_key: externalKey })
      .first('id', 'main_connection_id');
    if (!person) {
      await trx('subscribers')
        .where({ id: found.subscriberId, external_key: null })
        .update({ external_key: externalKey });
      return;
    }
    await trx('connections').where({ id: found.connectionId }).update({ subscriber_id: person.id });
    if (person.main_connection_id === null) {
      await trx('subscribers').where({ id: person.id }).update({ main_connection_id: found.connectionId });
    }
    await trx('subscribers')
      .where({ id: found.subscriberId, main_connection_id: found.connectionId })
      .update({ main_connection_id: null });
  });
}
