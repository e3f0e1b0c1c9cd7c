// Reads a CSV file of any size row by row. Rows are found here, byte by byte, so that each has a place to resume from
// and an unclosed quote costs its own row and no other; the cells of good rows are parsed by csv-parse.
import { type FileHandle, open } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';

export const DELIMITERS = [',', ';', '\t', '|'] as const;

export interface RawRow {
  /** Number as a spreadsheet shows it: the header is row 1, empty rows count. */
  row: number;
  /** Where the next row begins, in bytes. */
  end: number;
  /** Null when the row cannot be read; then `code` says why. */
  cells: string[] | null;
  code: 'row_quotes' | 'row_encoding' | null;
  /** The start of the row as text, to recognise it by. */
  text: string;
}

export interface Place {
  /** Bytes from the start of the file. */
  position: number;
  /** Number of the row that begins there. */
  row: number;
}

const CHUNK_BYTES = 256 * 1024;
/** A row longer than this is a quote that was never closed. */
const MAX_ROW_BYTES = 64 * 1024;
const TEXT_LIMIT = 300;

const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;

/** Rows in batches, from a place on; empty rows are counted and left out. */
export async function* readRows(
  path: string,
  delimiter: string,
  from: Place,
  batchSize: number,
): AsyncGenerator<RawRow[]> {
  const file = await open(path, 'r');
  try {
    let found: Found[] = [];
    for await (const row of findRows(file, delimiter, from)) {
      if (isBlank(row.bytes, delimiter)) continue;
      found.push(row);
      if (found.length < batchSize) continue;
      yield parseRows(found, delimiter);
      found = [];
    }
    if (found.length > 0) yield parseRows(found, delimiter);
  } finally {
    await file.close();
  }
}

/** How many rows there are to read from a place on. */
export async function countRows(path: string, delimiter: string, from: Place): Promise<number> {
  const file = await open(path, 'r');
  try {
    let count = 0;
    for await (const row of findRows(file, delimiter, from)) if (!isBlank(row.bytes, delimiter)) count += 1;
    return count;
  } finally {
    await file.close();
  }
}

/** Nothing in it but separators: what spreadsheets leave below the last row. */
function isBlank(bytes: Buffer, delimiter: string): boolean {
  const separator = delimiter.charCodeAt(0);
  return bytes.every((byte) => byte === separator || byte === SPACE);
}

// --- Finding rows ---------------------------------------------------------------------------

interface Found {
  row: number;
  end: number;
  bytes: Buffer;
  broken: boolean;
}

async function* findRows(file: FileHandle, delimiter: string, from: Place): AsyncGenerator<Found> {
  const separator = delimiter.charCodeAt(0);
  let { position, row } = from;
  let buffer = Buffer.alloc(0);
  let start = 0;
  let ended = false;
  for (;;) {
    const found = start < buffer.length || ended ? nextRow(buffer, start, separator, ended) : null;
    if (found) {
      position += found.next - start;
      yield { row, end: position, bytes: buffer.subarray(start, found.end), broken: found.broken };
      row += 1;
      start = found.next;
      continue;
    }
    if (ended) return;
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const rest = buffer.subarray(start);
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position + rest.length);
    ended = bytesRead === 0;
    buffer = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    start = 0;
  }
}

interface RowEnd {
  /** After the row's last byte. */
  end: number;
  /** Where the next row begins. */
  next: number;
  /** Its quotes do not close. */
  broken: boolean;
}

/** The row that begins at `start`, or null when more bytes are needed to tell. */
function nextRow(bytes: Buffer, start: number, separator: number, ended: boolean): RowEnd | null {
  if (start >= bytes.length) return null;
  let fieldStart = true;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE && fieldStart) {
      const closed = closingQuote(bytes, at + 1, separator, ended);
      if (closed === 'more' && at - start < MAX_ROW_BYTES && bytes.length - start < 2 * MAX_ROW_BYTES) return null;
      if (typeof closed !== 'number') return brokenRow(bytes, start);
      at = closed;
      fieldStart = false;
    } else if (byte === LF || byte === CR) {
      // Whether a line feed follows is not known yet.
      if (byte === CR && at + 1 === bytes.length && !ended) return null;
      return { end: at, next: byte === CR && bytes[at + 1] === LF ? at + 2 : at + 1, broken: false };
    } else {
      fieldStart = byte === separator || (fieldStart && byte === SPACE);
    }
  }
  return ended || bytes.length - start > 4 * MAX_ROW_BYTES
    ? { end: bytes.length, next: bytes.length, broken: !ended }
    : null;
}

/** Where the quoted field ends; `broken` when a quote stands where none may, `more` when the bytes end before it. */
function closingQuote(bytes: Buffer, from: number, separator: number, ended: boolean): number | 'broken' | 'more' {
  const limit = from + MAX_ROW_BYTES;
  for (let at = bytes.indexOf(QUOTE, from); at !== -1; at = bytes.indexOf(QUOTE, at + 2)) {
    if (at > limit) return 'broken';
    if (bytes[at + 1] === QUOTE) continue;
    let after = at + 1;
    while (bytes[after] === SPACE) after += 1;
    if (after >= bytes.length) return ended ? at : 'more';
    const byte = bytes[after];
    return byte === separator || byte === CR || byte === LF ? at : 'broken';
  }
  return ended || bytes.length > limit ? 'broken' : 'more';
}

/** A row whose quotes do not close ends with its line, so that the rows below it are read. */
function brokenRow(bytes: Buffer, start: number): RowEnd {
  const line = bytes.indexOf(LF, start);
  const next = line === -1 ? bytes.length : line + 1;
  const end = line > start && bytes[line - 1] === CR ? line - 1 : next === bytes.length && line === -1 ? next : line;
  return { end, next, broken: true };
}

// --- Parsing cells --------------------------------------------------------------------------

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseRows(found: readonly Found[], delimiter: string): RawRow[] {
  const texts = found.map((one) => decode(one.bytes));
  const good = found.flatMap((one, index) => (one.broken || texts[index] === null ? [] : [texts[index]!]));
  const cells = parseCells(good, delimiter);
  let next = 0;
  return found.map((one, index): RawRow => {
    const text = texts[index] ?? null;
    const base = { row: one.row, end: one.end, text: (text ?? one.bytes.toString('latin1')).slice(0, TEXT_LIMIT) };
    if (text === null) return { ...base, cells: null, code: 'row_encoding' };
    if (one.broken) return { ...base, cells: null, code: 'row_quotes' };
    const parsed = cells[next] ?? null;
    next += 1;
    return { ...base, cells: parsed, code: parsed ? null : 'row_quotes' };
  });
}

function decode(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Cells of each text; null where csv-parse disagrees about what one row is. */
function parseCells(texts: readonly string[], delimiter: string): (string[] | null)[] {
  const together = parseText(`${texts.join('\n')}\n`, delimiter);
  if (together?.length === texts.length) return together;
  return texts.map((text) => {
    const rows = parseText(text, delimiter);
    return rows?.length === 1 ? rows[0]! : null;
  });
}

function parseText(text: string, delimiter: string): string[][] | null {
  try {
    return parse(text, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
    }) as string[][];
  } catch {
    return null;
  }
}
