// Calls to Meta's Graph API: JSON in, JSON out, the token in a header and never in an address. No retry. What goes wrong
// is one of three failures, told apart because they decide whether a message may be sent again.
import { createHmac } from 'node:crypto';
import { type Unheard, unheardBecause } from '../api-root.ts';
import type { HttpClient } from '../http.ts';
import { asText, isRecord, type JsonRecord, parseJson } from '../json.ts';

export const GRAPH_ROOT = 'https://graph.facebook.com/v25.0';

/** Whom a call speaks for, and where. */
export interface GraphAccess {
  root: string;
  token: string;
  /** Calls carry a proof that is made from it; null where the platform takes none. */
  appSecret: string | null;
}

export interface GraphRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Behind the root: `me/messages`. */
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: JsonRecord;
  form?: { body: Buffer; type: string };
}

/** The platform said no, in its own words. */
export interface GraphRefusal {
  kind: 'refused';
  status: number;
  code: number;
  subcode: number | null;
  message: string;
  /** How long it asks us to stay away, where it says so. */
  waitMs: number | null;
}

export type GraphFailure = GraphRefusal | Unheard;

export class GraphError extends Error {
  readonly failure: GraphFailure;
  constructor(failure: GraphFailure) {
    super(failure.kind === 'refused' ? `${failure.code} ${failure.message}` : failure.kind);
    this.name = 'GraphError';
    this.failure = failure;
  }
}

export interface GraphClient {
  /** Throws a `GraphError`. */
  call(access: GraphAccess, request: GraphRequest): Promise<JsonRecord>;
  /** A small picture as a data URL, since the platform's own address of it ends after a while; null when there is none. */
  picture(url: string): Promise<string | null>;
}

const MAX_PICTURE_BYTES = 48 * 1024;

export function createGraphClient(http: HttpClient): GraphClient {
  return {
    async call(access, request) {
      const answer = await http.request(wireOf(access, request)).catch((error: unknown) => {
        throw new GraphError(unheardBecause(error));
      });
      const body = parse(answer.body);
      if (body === null) throw new GraphError({ kind: 'not_an_api', status: answer.status });
      // Every refusal of the platform's has a number. What has none speaks for a gateway, and no token is to blame for it.
      if (isRecord(body.error) && Number.isSafeInteger(body.error.code))
        throw new GraphError(readRefusal(answer, body.error, access));
      if (body.error !== undefined || answer.status < 200 || answer.status > 299)
        throw new GraphError({ kind: 'not_an_api', status: answer.status });
      return body;
    },
    async picture(url) {
      try {
        const { status, headers, body } = await http.request({ method: 'GET', url, maxBytes: MAX_PICTURE_BYTES });
        const type = headers['content-type'];
        const isPicture = status === 200 && typeof type === 'string' && /^image\/[\w.+-]+$/.test(type);
        return isPicture ? `data:${type};base64,${body.toString('base64')}` : null;
      } catch {
        return null;
      }
    },
  };
}

function wireOf(access: GraphAccess, { method, path, query, body, form }: GraphRequest) {
  const parameters = new URLSearchParams(query);
  if (access.appSecret !== null) parameters.set('appsecret_proof', proofOf(access.token, access.appSecret));
  const search = parameters.size > 0 ? `?${parameters}` : '';
  const type = form?.type ?? (body ? 'application/json' : null);
  return {
    method,
    url: `${access.root}/${path}${search}`,
    headers: { authorization: `Bearer ${access.token}`, ...(type === null ? {} : { 'content-type': type }) },
    ...(form ? { body: form.body } : body ? { body: JSON.stringify(body) } : {}),
  };
}

/** That whoever calls knows the app's secret as well as the token. */
export const proofOf = (token: string, appSecret: string): string =>
  createHmac('sha256', appSecret).update(token).digest('hex');

function parse(body: Buffer): JsonRecord | null {
  const value = parseJson(body.toString('utf8'));
  return isRecord(value) ? value : null;
}

interface Answered {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

function readRefusal({ status, headers }: Answered, error: JsonRecord, access: GraphAccess): GraphRefusal {
  const details = isRecord(error.error_data) ? asText(error.error_data.details) : '';
  const message = [asText(error.message), details].filter((part) => part !== '').join(': ');
  return {
    kind: 'refused',
    status,
    code: Number(error.code),
    subcode: Number.isSafeInteger(error.error_subcode) ? Number(error.error_subcode) : null,
    message: hide(message, access),
    waitMs: waitOf(headers['x-business-use-case-usage']),
  };
}

/** The platform repeats a token that it finds malformed. */
const hide = (message: string, { token, appSecret }: GraphAccess): string =>
  [token, appSecret ?? '']
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '…'), message);

const MINUTE_MS = 60_000;

/** The longest time, over all limits the header names, until calls are taken again. */
function waitOf(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string') return null;
  const usage = parse(Buffer.from(header));
  const minutes = Object.values(usage ?? {})
    .flat()
    .map((limit) => (isRecord(limit) ? Number(limit.estimated_time_to_regain_access) : 0))
    .filter((value) => value > 0);
  return minutes.length > 0 ? Math.max(...minutes) * MINUTE_MS : null;
}
