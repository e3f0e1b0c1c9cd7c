// Sends a long CSV as it is made, no faster than the reader takes it, and stops making it when the reader has gone.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** Resolves when all is sent, or the reader has gone; rejects where making the rows fails. */
export async function sendCsv(response: Response, fileName: string, rows: AsyncIterable<string>): Promise<void> {
  response.attachment(fileName).type('text/csv; charset=utf-8');
  try {
    await pipeline(Readable.from(rows), response);
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!gone) throw error;
  }
}
