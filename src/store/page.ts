// Keyset pages: a cursor is the sort key of the last row shown, opaque to whoever holds it.
import { fieldProblem } from '../domain/problem.ts';

export interface Page<T> {
  items: T[];
  /** Null on the last page. */
  next: string | null;
}

export interface PageQuery {
  cursor?: string | undefined;
  limit: number;
}

export const encodeCursor = (...key: number[]): string => Buffer.from(key.join('.')).toString('base64url');

/** The numbers of a cursor, or null without one; throws `cursor` for anything we did not make. */
export function decodeCursor(cursor: string | undefined, parts: number): number[] | null {
  if (cursor === undefined || cursor === '') return null;
  const key = Buffer.from(cursor, 'base64url').toString('latin1').split('.').map(Number);
  if (key.length !== parts || !key.every(Number.isSafeInteger)) throw fieldProblem('cursor', 'cursor');
  return key;
}

/** Makes a page of rows of which one more than `limit` was read. */
export function pageOf<Row, T>(
  rows: Row[],
  limit: number,
  key: (row: Row) => number[],
  item: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), next: rows.length > limit && last ? encodeCursor(...key(last)) : null };
}
