// The one HTTP client of all channels: a pool of kept-alive connections per origin, time-outs, bounded answers, no
// redirects. An error says whether the request can have reached the platform, since that decides about another try.
import type { Readable } from 'node:stream';
import { buildConnector, type Dispatcher, Pool } from 'undici';
import { literalAddress, isPrivateAddress, PrivateAddressError, publicLookup } from './addresses.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer | Readable;
  signal?: AbortSignal;
  /** Longest wait for the beginning of the answer. */
  timeoutMs?: number;
  /** Most bytes of an answer that are read. */
  maxBytes?: number;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

export interface HttpClientDeps {
  /** Once it is aborted no answer is waited for any more. */
  hangUp?: AbortSignal | undefined;
  /** May this origin (`https://host:port`) be on a private network? */
  allowPrivate: (origin: string) => boolean;
}

/** No answer. `sent` is false only where not a byte of the request can have left this machine: it had no connection yet. */
export class NoAnswer extends Error {
  readonly sent: boolean;
  readonly code: string;
  constructor(code: string, sent: boolean) {
    super(`no answer (${code})`);
    this.name = 'NoAnswer';
    this.code = code;
    this.sent = sent;
  }
}

export const CONNECTIONS_PER_ORIGIN = 128;
const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;
/** Shorter than common servers' idle limits, so that a request is rarely written into a closing connection. */
const KEEP_ALIVE_MS = 20_000;

/** What of an address is not sent as it stands: fragments, dots, backslashes, anything but visible ASCII. */
const REWRITTEN = /[^!-~]|[#\\]|\/\./;

export function createHttpClient({ allowPrivate, hangUp }: HttpClientDeps): HttpClient {
  const pools = new Map<string, Pool>();

  const partsOf = (url: string): { origin: string; path: string } => {
    // A sender calls the same origin over and over: one that is known, with nothing to be rewritten, is only cut.
    const end = url.indexOf('/', 'https://'.length);
    if (end !== -1 && pools.has(url.slice(0, end)) && !REWRITTEN.test(url))
      return { origin: url.slice(0, end), path: url.slice(end) };
    const { origin, pathname, search } = new URL(url);
    return { origin, path: pathname + search };
  };

  const poolOf = (origin: string): Pool => {
    let pool = pools.get(origin);
    if (!pool) {
      pool = new Pool(origin, {
        connections: CONNECTIONS_PER_ORIGIN,
        pipelining: 1,
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveMaxTimeout: KEEP_ALIVE_MS,
        connect: (options, callback) => (allowPrivate(origin) ? dial : dialPublic)(options, callback),
      });
      pools.set(origin, pool);
    }
    return pool;
  };

  const close = async (): Promise<void> => {
    const all = [...pools.values()];
    pools.clear();
    await Promise.all(all.map((pool) => pool.destroy()));
  };
  hangUp?.addEventListener('abort', () => void close());

  return {
    async request({ method, url, headers, body, signal, timeoutMs = ANSWER_TIMEOUT_MS, maxBytes = MAX_ANSWER_BYTES }) {
      let parts: { origin: string; path: string };
      try {
        parts = partsOf(url);
      } catch (error) {
        throw new NoAnswer(codeOf(error), false);
      }
      const options = {
        method,
        path: parts.path,
        headers: headers ?? {},
        body: body ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      };
      return exchange(poolOf(parts.origin), options, maxBytes, signal);
    },
    close,
  };
}

const dial = buildConnector({ timeout: CONNECT_TIMEOUT_MS });
const dialChecked = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: publicLookup });

/** Names are checked by the lookup; a literal address is never looked up, so it is checked here. */
const dialPublic: buildConnector.connector = (options, callback) => {
  const literal = literalAddress(options.hostname);
  if (literal && isPrivateAddress(literal)) callback(new PrivateAddressError(options.hostname), null);
  else dialChecked(options, callback);
};

/**
 * One request and its whole answer; rejects with `NoAnswer`. Over `dispatch`, the layer that `Pool.request` itself stands on: without a stream per
 * answer a call costs two thirds (2026-11), and the sender makes many.
 */
function exchange(
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let headers: HttpResponse['headers'] = {};
    let controller: Dispatcher.DispatchController | null = null;
    const abort = (): void => controller?.abort(new DOMException('The request was aborted', 'AbortError'));
    signal?.addEventListener('abort', abort, { once: true });
    pool.dispatch(options, {
      // It has a connection, and is about to be written.
      onRequestStart(started) {
        if (signal?.aborted) started.abort(new NoAnswer('ABORT_ERR', false));
        else controller = started;
      },
      onResponseStart(_controller, statusCode, fields) {
        status = statusCode;
        headers = fields;
      },
      onResponseData(current, chunk) {
        size += chunk.length;
        if (size > maxBytes) current.abort(new NoAnswer('ANSWER_TOO_LARGE', true));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        signal?.removeEventListener('abort', abort);
        resolve({ status, headers, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
      },
      onResponseError(_controller, error) {
        signal?.removeEventListener('abort', abort);
        reject(error instanceof NoAnswer ? error : new NoAnswer(codeOf(error), controller !== null));
      },
    });
  });
}

/** What a failed call is told by: `ECONNREFUSED`, say; never the address it went to. */
export function codeOf(error: unknown): string {
  // Dialling a name with several addresses fails with one error for all of them.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (error instanceof Error) {
    const code: unknown = 'code' in error ? error.code : undefined;
    return typeof code === 'string' ? code : error.name;
  }
  return 'UNKNOWN';
}
