// The first look at an uploaded CSV file: is it one, what separates its cells, what are its columns. A file that cannot
// be imported at all is refused here with a sentence that says how to mend it.
import { open, stat } from 'node:fs/promises';
import { Problem } from '../domain/problem.ts';
import { checkEmail, checkPhone } from '../domain/profile.ts';
import { parseInstant } from '../domain/attributes.ts';
import { cleanText, cut } from '../domain/text.ts';
import { countRows, DELIMITERS, type Place, type RawRow, readRows } from './csv.ts';

export interface CsvHead {
  delimiter: string;
  /** Names, each one once. */
  columns: string[];
  /** Cells of the first rows. */
  sample: string[][];
  /** Where the first row below the header begins. */
  start: Place;
  totalRows: number;
}

const LOOK_BYTES = 64 * 1024;
const LOOK_ROWS = 20;
const SAMPLE_ROWS = 5;
const MAX_COLUMNS = 300;
const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_BOMS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
/** Excel's and LibreOffice's own files are zip archives. */
const ZIP = Buffer.from('PK\u0003\u0004', 'latin1');

export async function readHead(path: string): Promise<CsvHead> {
  const bytes = await firstBytes(path);
  refuseBinary(bytes);
  const start = bytes.subarray(0, 3).equals(UTF8_BOM) ? UTF8_BOM.length : 0;
  const looks = [];
  for (const delimiter of DELIMITERS)
    looks.push({ delimiter, rows: await firstRows(path, delimiter, { position: start, row: 1 }) });
  const best = looks.reduce((one, other) => (regularity(other.rows) > regularity(one.rows) ? other : one));
  const [header, ...rows] = best.rows;
  if (!header) throw new Problem('import_empty');
  if (header.code) throw new Problem(header.code === 'row_encoding' ? 'import_encoding' : 'import_header_quotes');
  const columns = columnNames(header.cells ?? []);
  if (rows.length === 0) throw new Problem('import_no_rows');
  if (rows.filter((row) => row.code === 'row_encoding').length * 2 > rows.length) throw new Problem('import_encoding');
  const first = { position: header.end, row: header.row + 1 };
  return {
    delimiter: best.delimiter,
    columns,
    sample: rows.flatMap((row) => (row.cells ? [row.cells.slice(0, columns.length)] : [])).slice(0, SAMPLE_ROWS),
    start: first,
    totalRows: await countRows(path, best.delimiter, first),
  };
}

async function firstBytes(path: string): Promise<Buffer> {
  if ((await stat(path)).size === 0) throw new Problem('import_empty');
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOK_BYTES), 0, LOOK_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function refuseBinary(bytes: Buffer): void {
  if (bytes.subarray(0, ZIP.length).equals(ZIP)) throw new Problem('import_spreadsheet');
  if (UTF16_BOMS.some((bom) => bytes.subarray(0, 2).equals(bom))) throw new Problem('import_encoding');
  if (bytes.includes(0)) throw new Problem('import_binary');
}

async function firstRows(path: string, delimiter: string, from: Place): Promise<RawRow[]> {
  for await (const rows of readRows(path, delimiter, from, LOOK_ROWS)) return rows;
  return [];
}

/** How well a delimiter explains the first rows: many columns, the same number in each row. */
function regularity(rows: readonly RawRow[]): number {
  const width = rows[0]?.cells?.length ?? 0;
  if (width < 2) return 0;
  return rows.filter((row) => row.cells?.length === width).length / rows.length + width / 1000;
}

function columnNames(cells: readonly string[]): string[] {
  const names = cells.map((cell) => cut(cleanText(cell), 110));
  if (names.length > MAX_COLUMNS) throw new Problem('import_too_many_columns', { got: names.length, max: MAX_COLUMNS });
  const looksLikeData = names.find(
    (name) => checkEmail(name) !== null || checkPhone(name) !== null || parseInstant(name) !== null,
  );
  if (names.every((name) => name === '') || looksLikeData !== undefined) {
    throw new Problem('import_no_header', { got: looksLikeData ?? '' });
  }
  return names.map((name, index) => {
    const plain = name === '' ? `#${index + 1}` : name;
    return names.indexOf(name) === index ? plain : `${plain} #${index + 1}`;
  });
}
