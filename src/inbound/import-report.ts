// The bad rows of an import as a CSV file, page after page, so that any number of them takes the same memory.
import { stringify } from 'csv-stringify/sync';
import type { Database } from '../store/database.ts';
import { type ImportFault, pageOfImportErrors } from '../store/imports.ts';

const PAGE = 1000;
/** Makes spreadsheets read the file as UTF-8. */
const BOM = '\ufeff';

/** `sentence` translates a fault; `titles` are the header: row, column, what is wrong, value. */
export async function* importErrorsCsv(
  db: Database,
  importId: number,
  titles: readonly string[],
  sentence: (fault: ImportFault) => string,
): AsyncGenerator<string> {
  yield `${BOM}${stringify([titles])}`;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof pageOfImportErrors>> = await pageOfImportErrors(db, importId, {
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    const rows = page.items.map((fault) => [fault.row, fault.field ?? '', sentence(fault), fault.value ?? '']);
    // A value that a spreadsheet would run as a formula is shown as text.
    if (rows.length > 0) yield stringify(rows, { escape_formulas: true });
    cursor = page.next;
  } while (cursor);
}
