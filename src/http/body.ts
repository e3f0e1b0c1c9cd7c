// Reads a request's bytes up to a limit. A body that is too large is refused as soon as that is known: from its
// announced length, or at the first byte too many; the rest is never read.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tooLarge } from './problems.ts';

/** `limit` in bytes. Rejects with `too_large`, and where the connection ends before the body does. */
export function readBody(request: IncomingMessage, response: ServerResponse, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (): void => {
      request.off('data', take);
      request.pause();
      hangUpAfter(request, response);
      reject(tooLarge(limit));
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) refuse();
      else chunks.push(chunk);
    };
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      refuse();
      return;
    }
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the request was broken off')));
  });
}

const GRACE_MS = 1000;

/** The answer goes out while the other side is still sending; it gets a moment to read it before the line is cut. */
export function hangUpAfter(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Connection', 'close');
  response.once('finish', () => {
    setTimeout(() => request.socket.destroy(), GRACE_MS).unref();
  });
}
