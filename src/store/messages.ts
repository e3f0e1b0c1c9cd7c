// Messages and their versions. A version that a campaign has begun to send is never written again; until then
// saving a draft overwrites its newest version, so that typing does not pile up copies.
import type { Content } from '../domain/message.ts';
import { type Database, readJson } from './database.ts';
import { transact } from './transact.ts';

export interface MessageVersion {
  id: number;
  messageId: number;
  number: number;
  content: Content;
}

interface VersionRow {
  id: number;
  message_id: number;
  number: number;
  content: unknown;
}

const toVersion = (row: VersionRow): MessageVersion => ({
  id: row.id,
  messageId: row.message_id,
  number: row.number,
  content: readJson<Content>(row.content),
});

/** A new message with its first version; answers the message's id. */
export async function insertMessage(db: Database, content: Content, now: number): Promise<number> {
  return transact(db, async (trx) => {
    const [id] = (await trx('messages').insert({ created_at: now })) as [number];
    await insertVersion(trx, id, 1, content, now);
    return id;
  });
}

/** The newest version of a message. */
export async function newestVersion(db: Database, messageId: number): Promise<MessageVersion> {
  const row = await db<VersionRow>('message_versions')
    .where({ message_id: messageId })
    .orderBy('number', 'desc')
    .first();
  if (!row) throw new Error(`message ${messageId} has no version`);
  return toVersion(row);
}

/** One version by its id. */
async function getVersion(db: Database, id: number): Promise<MessageVersion> {
  const row = await db<VersionRow>('message_versions').where({ id }).first();
  if (!row) throw new Error(`message version ${id} does not exist`);
  return toVersion(row);
}

/** Saves what was written: over the newest version, or as a new one when a campaign already holds that. */
export async function saveContent(db: Database, messageId: number, content: Content, now: number): Promise<void> {
  await transact(db, async (trx) => {
    const newest = await newestVersion(trx, messageId);
    const held = await trx('campaigns').where({ message_version_id: newest.id }).first('id');
    if (held) await insertVersion(trx, messageId, newest.number + 1, content, now);
    else
      await trx('message_versions')
        .where({ id: newest.id })
        .update({ content: JSON.stringify(content), created_at: now });
  });
}

/** What a campaign sends: the version it holds, else the newest. */
export async function contentOf(
  db: Database,
  campaign: { messageId: number; messageVersionId: number | null },
): Promise<Content> {
  const { messageId, messageVersionId } = campaign;
  return (await (messageVersionId === null ? newestVersion(db, messageId) : getVersion(db, messageVersionId))).content;
}

async function insertVersion(
  db: Database,
  messageId: number,
  number: number,
  content: Content,
  now: number,
): Promise<void> {
  await db('message_versions').insert({
    message_id: messageId,
    number,
    content: JSON.stringify(content),
    created_at: now,
  });
}
