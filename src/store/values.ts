// A list of rows as a table inside a statement, so that hundreds of rows are changed in one. SQLite reads it from one
// JSON parameter (the text of the statement stays the same), MySQL from a union of literals.
import { type Database, isMysql } from './database.ts';

export type Value = string | number | null;

export interface ValuesTable {
  sql: string;
  bindings: Value[];
}

/** `(…) as name` with the given columns; `rows` must not be empty. */
export function valuesTable(
  db: Database,
  name: string,
  columns: readonly string[],
  rows: readonly Value[][],
): ValuesTable {
  if (isMysql(db)) {
    const first = `select ${columns.map((column) => `? as ${column}`).join(', ')}`;
    const other = ` union all select ${columns.map(() => '?').join(', ')}`;
    return { sql: `(${first}${other.repeat(rows.length - 1)}) as ${name}`, bindings: rows.flat() };
  }
  const picks = columns.map((column, index) => `json_extract(value, '$[${index}]') as ${column}`);
  return { sql: `(select ${picks.join(', ')} from json_each(?)) as ${name}`, bindings: [JSON.stringify(rows)] };
}
