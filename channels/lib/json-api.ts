// One call to a platform that speaks JSON over HTTP, and what all such platforms have in common when it goes wrong: no
// answer, an answer of something else, a pause asked for. Never throws but NoAnswer; never repeats a call by itself.
import { DETAIL_MAX, type Outcome } from '../../src/domain/channel.ts';
import { fieldProblem, Problem } from '../../src/domain/problem.ts';
import { notTheApi, unheardBecause, unheardOutcome } from './api-root.ts';
import { type HttpClient, type HttpRequest, type HttpResponse, NoAnswer } from './http.ts';
import { parseJson } from './json.ts';

export interface ApiCall extends Omit<HttpRequest, 'body'> {
  /** Becomes the body, with its content type. */
  json?: unknown;
  /** For what is not JSON; its content type stands in `headers`. */
  body?: string | Buffer;
}

export interface ApiAnswer {
  status: number;
  headers: HttpResponse['headers'];
  /** Undefined where the answer is not JSON. */
  body: unknown;
}

const ANSWER_TIMEOUT_MS = 20_000;

export async function callApi(http: HttpClient, { json, body, headers, ...call }: ApiCall): Promise<ApiAnswer> {
  const answer = await http.request({
    timeoutMs: ANSWER_TIMEOUT_MS,
    ...call,
    headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
  });
  return { status: answer.status, headers: answer.headers, body: parseJson(answer.body.toString('utf8')) };
}

export function headerOf({ headers }: Pick<ApiAnswer, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** When the platform may be asked again: `Retry-After` in seconds or as a date, else after a fallback. */
export function retryAt(answer: Pick<ApiAnswer, 'headers'>, now: number, fallbackMs: number): number {
  const header = headerOf(answer, 'retry-after');
  if (header === undefined) return now + fallbackMs;
  const seconds = Number(header);
  if (Number.isFinite(seconds) && seconds >= 0) return now + Math.ceil(seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? now + fallbackMs : Math.max(now, date);
}

/** What a call that nobody answered means for a message; a bug is thrown on. */
export function unanswered(error: unknown): Outcome {
  if (!(error instanceof NoAnswer)) throw error;
  return unheardOutcome(unheardBecause(error));
}

/** The platform's own words, no longer than a page or a ledger may show. */
export const words = (...parts: readonly (string | number)[]): string =>
  parts
    .filter((part) => part !== '')
    .join(' ')
    .slice(0, DETAIL_MAX);

// --- While a bot is connected ---------------------------------------------------------------

export interface Complaint {
  root: string;
  /** The platform's own words; empty where the answer is not the platform's. */
  reason: string;
  now: number;
  /** Whose fault a 400 is, where it is not the API root's. */
  refused?: ((reason: string) => Problem) | undefined;
}

const BUSY_MS = 5000;

/** What is wrong when the platform answered a call of `check` or `connect` with something else than it was asked for. */
export function problemOf(answer: ApiAnswer, { root, reason, now, refused }: Complaint): Problem {
  if (reason === '') return notTheApi(root, answer.status);
  const said = words(answer.status, reason);
  switch (answer.status) {
    case 401:
      return fieldProblem('credentials.token', 'token_refused');
    case 429:
      return new Problem('platform_busy', { seconds: Math.ceil((retryAt(answer, now, BUSY_MS) - now) / 1000) });
    case 400:
      return refused?.(said) ?? fieldProblem('apiRoot', 'platform_refused', { reason: said });
    default:
      return fieldProblem('apiRoot', 'platform_refused', { reason: said });
  }
}
