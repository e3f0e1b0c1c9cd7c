// Reading one value out of a JSON column inside a statement; the two databases write it differently.
import { type Database, isMysql } from './database.ts';

/** SQL for the text below a key; `column` and `key` are our own words, never input. */
export const jsonText = (db: Database, column: string, key: string): string =>
  isMysql(db) ? `json_unquote(json_extract(${column}, '$.${key}'))` : `json_extract(${column}, '$.${key}')`;
