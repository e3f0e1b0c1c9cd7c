// The recipients of one mailing as CSV: read page after page, so that a million rows take no more memory than fifty.
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { fullName } from '../domain/text.ts';
import type { Campaign } from '../store/campaigns.ts';
import type { Database } from '../store/database.ts';
import { recipientsPage, type RecipientFilter, type RecipientRow } from '../store/deliveries.ts';

const PAGE = 1000;

const COLUMNS = [
  'subscriber',
  'name',
  'channel',
  'bot',
  'state',
  'reason',
  'detail',
  'attempts',
  'sent_at',
  'delivered_at',
  'opened_at',
  'clicked_at',
] as const;

/** Ends early when the signal aborts: whoever asked has gone. Times are ISO 8601 in UTC. */
export function recipientsCsv(
  db: Database,
  campaign: Campaign,
  filter: RecipientFilter,
  signal: AbortSignal,
): Readable {
  const rows = Readable.from(csvRows(db, campaign, filter, signal));
  // A name that begins with = or @ must stay text when a spreadsheet opens the file.
  const csv = stringify({ header: true, columns: [...COLUMNS], escape_formulas: true, bom: true });
  rows.once('error', (error) => csv.destroy(error));
  return rows.pipe(csv);
}

async function* csvRows(
  db: Database,
  campaign: Campaign,
  filter: RecipientFilter,
  signal: AbortSignal,
): AsyncGenerator<Record<(typeof COLUMNS)[number], string | number | null>> {
  let cursor: string | undefined;
  do {
    const page = await recipientsPage(db, campaign.id, { ...filter, cursor, limit: PAGE });
    for (const row of page.items) yield toCsv(row);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && !signal.aborted);
}

const toCsv = (row: RecipientRow): Record<(typeof COLUMNS)[number], string | number | null> => ({
  subscriber: row.subscriberPublicId,
  name: fullName(row.firstName, row.lastName),
  channel: row.channel,
  bot: row.bot,
  state: row.state,
  reason: row.reason,
  detail: row.detail,
  attempts: row.attempts,
  sent_at: iso(row.sentAt),
  delivered_at: iso(row.deliveredAt),
  opened_at: iso(row.openedAt),
  clicked_at: iso(row.clickedAt),
});

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
