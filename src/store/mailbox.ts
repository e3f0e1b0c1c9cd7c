// Messages between a website visitor and us: appended once per key, read in the order of their ids. The id doubles as
// the sequence a widget resumes from, so a visitor misses nothing and reads nobody else's.
import type { Mailbox, MailboxEntry } from '../domain/mailbox.ts';
import { type Database, readJson } from './database.ts';

/** Rows of one insert: two statements per group, far below the databases' limits on parameters. */
const GROUP = 100;

export interface WebMessage {
  seq: number;
  direction: 'in' | 'out';
  at: number;
  payload: Record<string, unknown>;
}

interface Row {
  id: number;
  bot_id: number;
  visitor_id: string;
  direction: 'in' | 'out';
  key: string;
  payload: unknown;
  at: number;
}

export interface MailboxNews {
  botId: number;
  visitorId: string;
}

/** `announce` is told of every mailbox that was written to, after it was. */
export function createMailbox(
  db: Database,
  announce: (news: MailboxNews) => void = () => undefined,
  now: () => number = Date.now,
): Mailbox {
  return {
    async append(entries) {
      const ids = await appendMessages(db, entries, 'out', now());
      for (const { botId, visitorId } of entries) announce({ botId, visitorId });
      return ids;
    },
  };
}

/** Answers the ids in the order of the entries; a key that was there already keeps its first payload and id. */
export async function appendMessages(
  db: Database,
  entries: readonly MailboxEntry[],
  direction: 'in' | 'out',
  at: number,
): Promise<number[]> {
  const ids: number[] = [];
  for (let start = 0; start < entries.length; start += GROUP) {
    ids.push(...(await appendGroup(db, entries.slice(start, start + GROUP), direction, at)));
  }
  return ids;
}

// A visitor chooses the keys of what they post: the prefix keeps them from guessing the key of a send to come.
const storedKey = (direction: 'in' | 'out', key: string): string => `${direction}:${key}`;

async function appendGroup(
  db: Database,
  entries: readonly MailboxEntry[],
  direction: 'in' | 'out',
  at: number,
): Promise<number[]> {
  await db('web_messages')
    .insert(
      entries.map(({ botId, visitorId, key, payload }) => ({
        bot_id: botId,
        visitor_id: visitorId,
        direction,
        key: storedKey(direction, key),
        payload: JSON.stringify(payload),
        at,
      })),
    )
    .onConflict(['bot_id', 'visitor_id', 'key'])
    .ignore();
  const rows: Pick<Row, 'id' | 'bot_id' | 'visitor_id' | 'key'>[] = await db('web_messages')
    .select('id', 'bot_id', 'visitor_id', 'key')
    .whereIn(
      ['bot_id', 'visitor_id', 'key'],
      entries.map(({ botId, visitorId, key }) => [botId, visitorId, storedKey(direction, key)]),
    );
  const name = (botId: number, visitorId: string, key: string): string => `${botId} ${visitorId} ${key}`;
  const found = new Map(rows.map((row) => [name(row.bot_id, row.visitor_id, row.key), row.id]));
  return entries.map(({ botId, visitorId, key }) => {
    const id = found.get(name(botId, visitorId, storedKey(direction, key)));
    if (id === undefined) throw new Error(`web message ${key} was neither inserted nor found`);
    return id;
  });
}

export interface MailboxPage {
  botId: number;
  visitorId: string;
  limit: number;
}

/**
 * The oldest messages that came after `after`, preceded by those with a lower number that were written since
 * `lateSince`: of two messages written at the same instant, the lower number may be committed last.
 */
export async function messagesAfter(
  db: Database,
  { botId, visitorId, limit }: MailboxPage,
  { after, lateSince }: { after: number; lateSince: number },
): Promise<WebMessage[]> {
  const mine = { bot_id: botId, visitor_id: visitorId };
  const fresh: Row[] = await db('web_messages').where(mine).where('id', '>', after).orderBy('id').limit(limit);
  const late: Row[] = await db('web_messages')
    .where(mine)
    .where('id', '<=', after)
    .where('at', '>=', lateSince)
    .orderBy('id', 'desc')
    .limit(limit);
  return [...late.reverse(), ...fresh].map(toMessage);
}

/** The newest messages, oldest first. */
export async function latestMessages(db: Database, { botId, visitorId, limit }: MailboxPage): Promise<WebMessage[]> {
  const rows: Row[] = await db('web_messages')
    .where({ bot_id: botId, visitor_id: visitorId })
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map(toMessage).reverse();
}

/** Of these message numbers, the ones that were sent to this visitor: nobody gives receipts for another's mail. */
export async function ownMessages(
  db: Database,
  { botId, visitorId }: MailboxNews,
  numbers: readonly number[],
): Promise<number[]> {
  const ids: number[] = await db('web_messages')
    .where({ bot_id: botId, visitor_id: visitorId, direction: 'out' })
    .whereIn('id', [...numbers])
    .orderBy('id')
    .pluck('id');
  return ids;
}

const toMessage = (row: Row): WebMessage => ({
  seq: row.id,
  direction: row.direction,
  at: row.at,
  payload: readJson(row.payload),
});
