// Tags: names the owner gives people. A name is stored once; who carries it is a row per person.
import { cleanOrNull } from '../domain/text.ts';
import type { Database } from './database.ts';
import { changedRows, isMysql } from './database.ts';

const NAME_LIMIT = 120;

/** Names as they are stored: cleaned, each once, the empty ones left out. */
export const normaliseTags = (names: readonly string[]): string[] => [
  ...new Set(names.map((name) => cleanOrNull(name, NAME_LIMIT)).filter((name) => name !== null)),
];

/** The ids of these tags, made where they are missing. Names come from `normaliseTags`. */
export async function ensureTags(db: Database, names: readonly string[], now: number): Promise<Map<string, number>> {
  if (names.length === 0) return new Map();
  const find = async (): Promise<Map<string, number>> => {
    const rows: { id: number; name: string }[] = await db('tags').whereIn('name', names).select('id', 'name');
    return new Map(rows.map((row) => [row.name, row.id]));
  };
  const known = await find();
  const missing = names.filter((name) => !known.has(name));
  if (missing.length === 0) return known;
  await db('tags')
    .insert(missing.map((name) => ({ name, created_at: now })))
    .onConflict('name')
    .ignore();
  return find();
}

/** Gives one person a tag; false when they had it. */
export async function addTag(db: Database, subscriberId: number, name: string, now: number): Promise<boolean> {
  const [clean] = normaliseTags([name]);
  if (clean === undefined) return false;
  const tagId = (await ensureTags(db, [clean], now)).get(clean)!;
  return (await addTagRows(db, [[tagId, subscriberId]])) > 0;
}

/** Answers how many pairs (tag id, subscriber id) are new. */
export async function addTagRows(
  db: Database,
  pairs: readonly (readonly [tagId: number, subscriberId: number])[],
): Promise<number> {
  if (pairs.length === 0) return 0;
  const values = pairs.map(() => '(?, ?)').join(', ');
  const verb = isMysql(db) ? 'insert ignore' : 'insert or ignore';
  return changedRows(
    await db.raw(`${verb} into subscriber_tags (tag_id, subscriber_id) values ${values}`, pairs.flat()),
  );
}

async function removeTag(db: Database, subscriberId: number, name: string): Promise<boolean> {
  const removed = await db('subscriber_tags')
    .where({ subscriber_id: subscriberId })
    .whereIn('tag_id', db('tags').where({ name }).select('id'))
    .delete();
  return removed > 0;
}

/** Replaces one person's tags; answers what came and what went. */
export async function setTags(
  db: Database,
  subscriberId: number,
  names: readonly string[],
  now: number,
): Promise<{ added: string[]; removed: string[] }> {
  const wanted = normaliseTags(names);
  const before = (await tagsOf(db, [subscriberId])).get(subscriberId) ?? [];
  const added = wanted.filter((name) => !before.includes(name));
  const removed = before.filter((name) => !wanted.includes(name));
  const ids = await ensureTags(db, added, now);
  await addTagRows(
    db,
    added.map((name) => [ids.get(name)!, subscriberId]),
  );
  for (const name of removed) await removeTag(db, subscriberId, name);
  return { added, removed };
}

/** Names by subscriber, in alphabetical order. */
export async function tagsOf(db: Database, subscriberIds: readonly number[]): Promise<Map<number, string[]>> {
  const rows: { subscriber_id: number; name: string }[] = await db('subscriber_tags as st')
    .join('tags as t', 't.id', 'st.tag_id')
    .whereIn('st.subscriber_id', subscriberIds)
    .orderBy('t.name')
    .select('st.subscriber_id', 't.name');
  const tags = new Map<number, string[]>(subscriberIds.map((id) => [id, []]));
  for (const row of rows) tags.get(row.subscriber_id)?.push(row.name);
  return tags;
}

/** All tags with how many people carry them, by name. */
export async function listTags(db: Database): Promise<{ name: string; people: number }[]> {
  const rows: { name: string; people: number }[] = await db('tags as t')
    .orderBy('t.name')
    .select('t.name', db.raw('(select count(*) from subscriber_tags st where st.tag_id = t.id) as people'));
  return rows.map((row) => ({ name: row.name, people: Number(row.people) }));
}
