// The recipients of one mailing as a CSV file, page after page: a million rows take the memory of one page.
import { stringify } from 'csv-stringify/sync';
import { fullName } from '../domain/text.ts';
import type { Database } from '../store/database.ts';
import { type RecipientFilter, type RecipientRow, recipientsPage } from '../store/deliveries.ts';

const PAGE = 1000;
/** Makes spreadsheets read the file as UTF-8. */
const BOM = '\ufeff';

const TITLES = [
  'subscriber',
  'name',
  'channel',
  'bot',
  'state',
  'reason',
  'detail',
  'attempts',
  'tried_before',
  'sent_at',
  'settled_at',
  'delivered_at',
  'opened_at',
  'clicked_at',
];

export async function* recipientsCsv(
  db: Database,
  campaignId: number,
  filter: Omit<RecipientFilter, 'cursor' | 'limit'>,
): AsyncGenerator<string> {
  yield `${BOM}${stringify([TITLES])}`;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof recipientsPage>> = await recipientsPage(db, campaignId, {
      ...filter,
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    // A name that a spreadsheet would run as a formula is shown as text.
    if (page.items.length > 0) yield stringify(page.items.map(cells), { escape_formulas: true });
    cursor = page.next;
  } while (cursor);
}

const instant = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());

const cells = (row: RecipientRow): (string | number)[] => [
  row.subscriberPublicId,
  fullName(row.firstName, row.lastName),
  row.channel,
  row.bot,
  row.state,
  row.reason ?? '',
  row.detail ?? '',
  row.attempts,
  row.tried.map(({ bot, reason }) => `${bot}: ${reason}`).join('; '),
  instant(row.sentAt),
  instant(row.settledAt),
  instant(row.deliveredAt),
  instant(row.openedAt),
  instant(row.clickedAt),
];
