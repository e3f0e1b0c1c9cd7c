// The way to the Bot API: grammY's typed `Api` over our own HTTP client. No automatic retry and no throttler, since the
// engine must see every 429; and the token never reaches an error, a log or an outcome.
import { Api, GrammyError, HttpError, InputFile, type Transformer } from 'grammy';
import { rootOf, type Unheard } from '../lib/api-root.ts';
import { type HttpClient, type HttpRequest, NoAnswer } from '../lib/http.ts';
import type { ChannelBot } from '../../src/domain/channel.ts';

export const DEFAULT_API_ROOT = 'https://api.telegram.org';

/** How long the platform may hold a `getUpdates` call open. */
export const POLL_SECONDS = 25;
const ANSWER_TIMEOUT_MS = 30_000;
const POLL_TIMEOUT_MS = (POLL_SECONDS + 15) * 1000;
/** grammY's own limit is only the last resort behind the client's. */
const LAST_RESORT_SECONDS = 120;
const MAX_APIS = 1000;

export interface TelegramClient {
  api(bot: ChannelBot): Api;
  /** Bytes of a file by the path that `getFile` gave; null when it is missing or larger than `maxBytes`. */
  download(bot: ChannelBot, path: string, maxBytes: number): Promise<Buffer | null>;
}

/** The answer was no answer of a Bot API: a proxy's page, say. */
class NotAnApi extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the answer (HTTP ${status}) is not a Bot API's`);
    this.name = 'NotAnApi';
    this.status = status;
  }
}

export const apiRootOf = (bot: ChannelBot): string => rootOf(bot, DEFAULT_API_ROOT);

export function createTelegramClient(http: HttpClient): TelegramClient {
  const apis = new Map<string, Api>();
  return {
    api(bot) {
      const token = bot.credentials.token ?? '';
      const apiRoot = apiRootOf(bot);
      const key = `${apiRoot} ${token}`;
      let api = apis.get(key);
      if (!api) {
        if (apis.size >= MAX_APIS) apis.clear();
        // grammY wants a whole `fetch`; it uses no more of it than this function gives.
        const fetch = fetchOver(http) as unknown as GrammyFetch;
        api = new Api(token, { apiRoot, timeoutSeconds: LAST_RESORT_SECONDS, fetch });
        api.config.use(directly(http, `${apiRoot}/bot${token}/`));
        apis.set(key, api);
      }
      return api;
    },
    async download(bot, path, maxBytes) {
      const url = `${apiRootOf(bot)}/file/bot${bot.credentials.token ?? ''}/${path}`;
      const { status, body } = await http.request({ method: 'GET', url, maxBytes });
      return status === 200 ? body : null;
    },
  };
}

type GrammyFetch = NonNullable<NonNullable<ConstructorParameters<typeof Api>[1]>['fetch']>;

interface FetchOptions {
  headers: Record<string, string>;
  body: NonNullable<HttpRequest['body']>;
  signal: AbortSignal;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/**
 * A transformer that makes the call itself where nothing is uploaded. What grammY does around a `fetch` (an abort
 * controller, a timer, a race) costs as much as the call (2026-11), and our client has time-outs of its own.
 */
const directly =
  (http: HttpClient, root: string): Transformer =>
  async (previous, method, payload, signal) => {
    if (Object.values(payload).some((value) => value instanceof InputFile)) return previous(method, payload, signal);
    const answer = await http.request({
      method: 'POST',
      url: root + method,
      headers: JSON_HEADERS,
      body: JSON.stringify(payload),
      timeoutMs: method === 'getUpdates' ? POLL_TIMEOUT_MS : ANSWER_TIMEOUT_MS,
      ...(signal ? { signal: signal as AbortSignal } : {}),
    });
    return readAnswer(answer.status, answer.body) as Awaited<ReturnType<typeof previous<typeof method>>>;
  };

const fetchOver =
  (http: HttpClient) =>
  async (url: string, { headers, body, signal }: FetchOptions) => {
    const answer = await http.request({
      method: 'POST',
      url,
      headers: { 'content-type': headers['content-type'] ?? 'application/json' },
      body,
      signal,
      timeoutMs: url.endsWith('/getUpdates') ? POLL_TIMEOUT_MS : ANSWER_TIMEOUT_MS,
    });
    return { json: async () => readAnswer(answer.status, answer.body) };
  };

function readAnswer(status: number, body: Buffer): unknown {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    if (typeof answer === 'object' && answer !== null && 'ok' in answer) return answer;
  } catch {
    // Falls through: what is not JSON is no answer of the platform's.
  }
  throw new NotAnApi(status);
}

/** What went wrong with a call, told apart as the engine and the pages need it. */
export type CallFailure =
  | { kind: 'refused'; code: number; description: string; retryAfter: number | null; migrateTo: string | null }
  | Unheard;

export function failureOf(error: unknown): CallFailure {
  if (error instanceof GrammyError) {
    const { retry_after: retryAfter, migrate_to_chat_id: migrateTo } = error.parameters;
    return {
      kind: 'refused',
      code: error.error_code,
      description: error.description,
      retryAfter: retryAfter ?? null,
      migrateTo: migrateTo === undefined ? null : String(migrateTo),
    };
  }
  const cause = error instanceof HttpError ? error.error : error;
  if (cause instanceof NoAnswer) return { kind: 'no_answer', sent: cause.sent, code: cause.code };
  if (cause instanceof NotAnApi) return { kind: 'not_an_api', status: cause.status };
  return { kind: 'no_answer', sent: true, code: 'TIMEOUT' };
}
