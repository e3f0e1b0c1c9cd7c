// The targets of a campaign's buttons and links, by number. Rows are only ever added: an old message's token keeps
// leading where it led when it was sent.
import { type Link, type LinkKind, type LinkTarget, linksOf } from '../domain/links.ts';
import type { Message } from '../domain/message.ts';
import { type Database, readJson } from './database.ts';
import { transact } from './transact.ts';

export interface StoredLink extends Link {
  campaignId: number;
  number: number;
  channel: string;
}

/** The links of one message on one channel with their numbers; those not stored yet are added. */
export async function ensureLinks(
  db: Database,
  campaignId: number,
  channel: string,
  message: Message,
): Promise<StoredLink[]> {
  const wanted = linksOf(message);
  if (wanted.length === 0) return [];
  return transact(db, async (trx) => {
    // The campaign's row is the lock: two senders would otherwise give out the same number.
    await trx('campaigns').where({ id: campaignId }).forUpdate().first('id');
    const known = await listLinks(trx, campaignId);
    const found = new Map(known.filter((link) => link.channel === channel).map((link) => [identity(link), link]));
    let number = known.reduce((highest, link) => Math.max(highest, link.number), 0);
    const added: StoredLink[] = [];
    for (const link of wanted) {
      if (found.has(identity(link))) continue;
      number += 1;
      const stored = { ...link, campaignId, channel, number };
      found.set(identity(link), stored);
      added.push(stored);
    }
    if (added.length > 0) await trx('links').insert(added.map(toRow));
    return wanted.map((link) => found.get(identity(link)) as StoredLink);
  });
}

export async function listLinks(db: Database, campaignId: number): Promise<StoredLink[]> {
  return (await db<LinkRow>('links').where({ campaign_id: campaignId }).orderBy('number')).map(toLink);
}

/** What a token's number means within its campaign. */
export async function findLink(db: Database, campaignId: number, number: number): Promise<StoredLink | null> {
  const row = await db<LinkRow>('links').where({ campaign_id: campaignId, number }).first();
  return row ? toLink(row) : null;
}

const identity = (link: Link): string => JSON.stringify([link.kind, link.buttonId, link.label, sorted(link.target)]);

/** MySQL stores JSON with its keys in an order of its own. */
const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, v]) => v !== undefined)
          .sort()
          .map(([key, v]) => [key, sorted(v)]),
      )
    : Array.isArray(value)
      ? value.map(sorted)
      : value;

interface LinkRow {
  campaign_id: number;
  number: number;
  channel: string;
  button_id: string;
  kind: LinkKind;
  label: string;
  target: unknown;
}

const toLink = (row: LinkRow): StoredLink => ({
  campaignId: row.campaign_id,
  number: row.number,
  channel: row.channel,
  buttonId: row.button_id,
  kind: row.kind,
  label: row.label,
  target: readJson<LinkTarget>(row.target),
});

const toRow = (link: StoredLink): LinkRow => ({
  campaign_id: link.campaignId,
  number: link.number,
  channel: link.channel,
  button_id: link.buttonId,
  kind: link.kind,
  label: link.label,
  target: JSON.stringify(link.target),
});
