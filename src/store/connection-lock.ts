// A connection found by its address and locked until the transaction ends: facts about one person are taken in one
// after the other. SQLite has one writer anyway.
import type { Connection } from '../domain/subscriber.ts';
import { type ConnectionRow, toConnection } from './connections.ts';
import type { Database } from './database.ts';

export async function lockConnection(db: Database, botId: number, address: string): Promise<Connection | null> {
  const row = await db<ConnectionRow>('connections').where({ bot_id: botId, external_id: address }).forUpdate().first();
  return row ? toConnection(row) : null;
}
