// One way to the server: JSON over fetch, the session in a cookie, every refusal as an ApiProblem whose sentences come
// translated from the server. A POST carries an Idempotency-Key, so a repeated click does a thing once.
import i18next, { t } from 'i18next';
import type { ProblemDetails } from '../../../src/http/api/common.ts';

export const API = '/api/v1';

export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  /** What is wrong with which field: path → sentence. */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestId: string | null;

  constructor(problem: Partial<ProblemDetails> & { status: number }) {
    super(problem.detail ?? problem.title ?? String(problem.status));
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code ?? 'unknown';
    this.fields = Object.fromEntries((problem.errors ?? []).map((error) => [error.path, error.message]));
    this.requestId = problem.requestId ?? null;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Leaves out what is empty, so that addresses stay short and the same question has the same address. */
export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  return search.size > 0 ? `${path}?${search}` : path;
}

interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  query?: Query | undefined;
  body?: unknown;
  file?: File;
  signal?: AbortSignal | undefined;
  /** The same key for the same intention: given by callers that may retry. */
  key?: string;
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const type = response.headers.get('content-type') ?? '';
  const body: unknown = type.includes('json') ? await response.json().catch(() => null) : null;
  const problem = typeof body === 'object' && body !== null ? (body as Partial<ProblemDetails>) : {};
  return new ApiProblem({ title: t('error.server'), ...problem, status: response.status });
}

/** Asks the server; throws an ApiProblem for every answer that is not a success, status 0 when none came. */
export async function call<T>(path: string, { method = 'GET', query, body, file, signal, key }: Call = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': i18next.language };
  let payload: BodyInit | null = null;
  if (file) {
    const form = new FormData();
    form.set('file', file);
    payload = form;
  } else if (body !== undefined) {
    headers['content-type'] = 'application/json';
    payload = JSON.stringify(body);
  }
  if (method === 'POST') headers['idempotency-key'] = key ?? newKey();
  let response: Response;
  try {
    response = await fetch(withQuery(API + path, query), {
      method,
      headers,
      body: payload,
      signal: signal ?? null,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem({ status: 0, code: 'unreachable', detail: t('error.unreachable') });
  }
  if (!response.ok) throw await readProblem(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** `crypto.randomUUID` exists only on secure pages; a server in a local network is often reached over plain HTTP. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** What a form shows under its fields; everything else is told beside the button. */
export const fieldErrors = (error: unknown): Record<string, string> =>
  error instanceof ApiProblem ? { ...error.fields } : {};

export const errorText = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message : t('error.server');
