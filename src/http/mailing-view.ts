// A mailing as the API shows it: the row of the table, and the whole of it for the wizard and its page.
import { channelsWritten, type Content } from '../domain/message.ts';
import { waitInCopy } from '../domain/waiting.ts';
import type { Language } from '../i18n.ts';
import { mailingRows } from '../stats/mailing-row.ts';
import { countAudience } from '../store/audience.ts';
import { type Campaign, TOO_LATE } from '../store/campaigns.ts';
import type { Database } from '../store/database.ts';
import { contentOf } from '../store/messages.ts';
import { readWorkspace } from '../store/settings.ts';
import type { Late } from './api/engine.ts';
import type { Mailing, MailingRow } from './api/mailings.ts';
import type { HttpDeps } from './deps.ts';
import { waitInWords, type Words } from './wait-words.ts';
import { windowsAt, withWindows } from './windows.ts';

export type ViewDeps = Pick<HttpDeps, 'db' | 'channels' | 'now'> & {
  instance: Pick<HttpDeps['instance'], 'isConfirmed'>;
};

/** A row without words: whoever shows it puts it into the reader's language. */
export type WordlessRow = Awaited<ReturnType<typeof mailingRows>>[number];

export async function wordlessRows(
  { db, channels, now, instance }: ViewDeps,
  campaigns: readonly Campaign[],
): Promise<WordlessRow[]> {
  const rows = await mailingRows(db, campaigns, channels, now());
  if (await instance.isConfirmed()) return rows;
  return rows.map((row) => ({ ...row, waiting: waitInCopy(row.waiting) }));
}

export const inWords = (row: WordlessRow, words: Words): MailingRow => ({
  ...row,
  waiting: row.waiting && waitInWords(row.waiting, words),
});

export async function toRows(
  deps: ViewDeps,
  campaigns: readonly Campaign[],
  language: Language,
): Promise<MailingRow[]> {
  const rows = await wordlessRows(deps, campaigns);
  const zone = await workspaceZone(deps.db, rows);
  return rows.map((row) => inWords(row, { language, zone, now: deps.now() }));
}

/** Times are told by the workspace's clock; it is asked for only where there is a time to tell. */
export const workspaceZone = async (db: Database, rows: readonly WordlessRow[]): Promise<string> =>
  rows.some(({ waiting }) => waiting !== null) ? (await readWorkspace(db)).timeZone : 'UTC';

export async function toMailing(deps: ViewDeps, campaign: Campaign, language: Language): Promise<Mailing> {
  const [row] = await toRows(deps, [campaign], language);
  if (!row) throw new Error(`mailing ${campaign.publicId} has no row`);
  const { version, audience, settings } = campaign;
  const content = await contentOf(deps.db, campaign);
  return {
    ...row,
    version,
    content,
    audience,
    settings,
    late: await lateOf(deps, campaign, content, row),
  };
}

/** It asks whether to be sent although it is late. */
async function lateOf(deps: ViewDeps, campaign: Campaign, content: Content, row: MailingRow): Promise<Late | null> {
  const { state, reason, dueAt, planCeiling } = campaign;
  if (state !== 'stopped' || reason !== TOO_LATE || dueAt === null) return null;
  const people = planCeiling === null ? await countPeople(deps, campaign, content) : row.figures.remaining;
  return { dueAt, people, nextAt: row.nextStartAt };
}

async function countPeople({ db, channels, now }: ViewDeps, campaign: Campaign, content: Content): Promise<number> {
  const { audience, settings } = campaign;
  const written = channelsWritten(content, [...channels.keys()]);
  const at = now();
  const windows = windowsAt(channels, content, at);
  const query = { filter: audience, via: settings.via, channels: written, excluded: settings.excluded, windows };
  return (await withWindows(db, await countAudience(db, query, { now: at }), query, { now: at })).count.total;
}
