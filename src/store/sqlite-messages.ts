// What the server and the thread that owns the SQLite file say to each other.

export interface Step {
  sql: string;
  bindings: readonly unknown[];
  /** Rows as arrays, in the order of the columns. */
  arrays?: boolean;
  /** On the disk before it is answered, so that not even a power failure undoes it. */
  durable?: boolean;
  /** Nothing of the whole happens unless this step changes so many rows. */
  mustChange?: number;
}

export interface Ask {
  id: number;
  steps: readonly Step[];
  /** One statement as it is: within a transaction that was begun by an earlier one, or by itself. */
  alone: boolean;
  /** It came past the pool: if a transaction of others is open, it waits for its end. */
  apart: boolean;
}

export interface Done {
  /** Of a statement that reads or returns; null of one that only changes. */
  rows: unknown[] | null;
  changes: number;
  lastId: number;
}

export type Reply =
  /** `null`: a step changed another number of rows than it must, and nothing happened. */
  { id: number; done: Done[] | null; ms: number } | { id: number; error: { message: string; code: string } };
