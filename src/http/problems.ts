// Turns whatever went wrong into one answer: problem details (RFC 9457) with a machine code, the place in the input
// and sentences in the reader's language. A bug answers with a reference number and nothing else.
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { MulterError } from 'multer';
import * as z from 'zod';
import { type FieldProblem, fieldProblem, Problem } from '../domain/problem.ts';
import { hasText, translate } from '../i18n.ts';
import type { Logger } from '../log.ts';
import { isAway } from '../store/away.ts';
import type { ProblemDetails } from './api/common.ts';
import { languageOf, requestIdOf } from './context.ts';
import { fieldProblemsOf } from './zod-problems.ts';

const UNPROCESSABLE = 422;

/** Codes that mean something else than "mend the input". */
const STATUSES: Readonly<Record<string, number>> = {
  bad_json: 400,
  bad_request: 400,
  webhook_not_json: 400,
  webhook_unreadable: 400,
  not_signed_in: 401,
  visitor_unknown: 401,
  wrong_token: 401,
  metrics_token: 401,
  wrong_password: 401,
  webhook_unsigned: 401,
  wrong_setup_token: 403,
  no_right: 403,
  no_scope: 403,
  other_site: 403,
  metrics_local: 403,
  widget_site: 403,
  unknown_route: 404,
  not_found: 404,
  campaign_not_found: 404,
  order_not_found: 404,
  import_not_found: 404,
  webhook_unknown: 404,
  no_templates: 404,
  campaign_state: 409,
  campaign_locked: 409,
  campaign_busy: 409,
  order_state: 409,
  import_state: 409,
  version_conflict: 409,
  audience_moved: 409,
  already_set_up: 409,
  bot_exists: 409,
  nobody_heard: 409,
  restored_copy: 409,
  instance_in_use: 409,
  idempotency_conflict: 409,
  idempotency_pending: 409,
  too_large: 413,
  unsupported_type: 415,
  too_many_tries: 429,
  unexpected: 500,
  bot_unreachable: 502,
  database_away: 503,
};

export const statusOf = (code: string): number => STATUSES[code] ?? UNPROCESSABLE;

/** The sentence of a problem; a code without one is a mistake of ours and says so plainly. */
export function sentence(language: string, code: string, params: Record<string, string | number> = {}): string {
  const key = `problems:${code}`;
  return translate(language, hasText(key) ? key : 'problems:value_wrong', params);
}

export const fieldSentence = (language: string, { code, params }: FieldProblem): string =>
  sentence(language, code, params);

function toDetails(problem: Problem, language: string, requestId?: string): ProblemDetails {
  const status = statusOf(problem.code);
  const errors = problem.fields.map((field) => ({
    path: field.path,
    code: field.code,
    message: fieldSentence(language, field),
  }));
  const only = errors.length === 1 ? errors[0] : undefined;
  return {
    type: `/docs#problem-${problem.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: problem.code,
    // One thing to mend is best said by itself.
    detail: problem.code === 'invalid' && only ? only.message : sentence(language, problem.code, problem.params),
    ...(errors.length > 0 ? { errors } : {}),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

export const invalid = (error: z.ZodError, input: unknown): Problem =>
  new Problem('invalid', { count: error.issues.length }, fieldProblemsOf(error, input));

/** The checked input, or a Problem that names every field. */
export function checked<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = safely(() => schema.safeParse(input));
  if (!result.success) throw invalid(result.error, input);
  return result.data;
}

/** A body nested thousands of levels deep exhausts the stack of whatever walks it. */
function safely<T>(walk: () => T): T {
  try {
    return walk();
  } catch (error) {
    if (error instanceof RangeError) throw new Problem('too_deep');
    throw error;
  }
}

// --- What libraries throw -------------------------------------------------------------------

interface HttpError {
  type?: unknown;
  status?: unknown;
  limit?: unknown;
  body?: unknown;
  code?: unknown;
  message?: unknown;
}

const MEGABYTE = 1024 * 1024;

const megabytes = (bytes: number): { limit: number } => ({ limit: Math.round((bytes / MEGABYTE) * 10) / 10 });

export const tooLarge = (bytes: number): Problem => new Problem('too_large', megabytes(bytes));

/** Upload middleware that says how large the file may be. */
export const tooLargeFile =
  (bytes: number, upload: RequestHandler): RequestHandler =>
  (request, response, next) =>
    upload(request, response, (error: unknown) => {
      const large = error instanceof MulterError && error.code === 'LIMIT_FILE_SIZE';
      next(
        large
          ? new Problem('too_large', megabytes(bytes), [
              { path: 'file', code: 'too_large_file', params: megabytes(bytes) },
            ])
          : error,
      );
    });

/** `{"a": 1,}` → line and column of the first character that does not fit. */
function jsonPlace(error: HttpError): { line: number; column: number } {
  const text = typeof error.body === 'string' ? error.body : '';
  const position = Number(/position (\d+)/.exec(String(error.message))?.[1] ?? text.length);
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** A Problem for what is not our bug, or null. */
export function asProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof z.ZodError) return invalid(error, undefined);
  if (error instanceof MulterError) return fieldProblem(error.field ?? 'file', 'file_missing');
  // An address with a broken escape, such as `%zz`.
  if (error instanceof URIError) return new Problem('bad_request', {});
  if (typeof error !== 'object' || error === null) return null;
  const known: HttpError = error;
  if (known.type === 'entity.parse.failed') return new Problem('bad_json', jsonPlace(known));
  if (known.type === 'entity.too.large') return tooLarge(Number(known.limit));
  if (known.type === 'charset.unsupported' || known.type === 'encoding.unsupported') {
    return new Problem('unsupported_type', {});
  }
  if (isAway(error)) return new Problem('database_away', {});
  const status = Number(known.status);
  return status >= 400 && status < 500 ? new Problem('bad_request', {}) : null;
}

// --- The last middleware --------------------------------------------------------------------

export const problemHandler =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) {
      log.warn({ event: 'http.broken_off', requestId: requestIdOf(response), err: error });
      next(error);
      return;
    }
    // Nobody is there to answer: work was broken off because its asker had gone.
    if (response.destroyed) return;
    const requestId = requestIdOf(response);
    const problem = asProblem(error);
    if (!problem)
      log.error({ event: 'http.unexpected', requestId, method: request.method, path: request.path, err: error });
    const details = toDetails(
      problem ?? new Problem('unexpected', { ref: requestId }),
      languageOf(request, response),
      requestId,
    );
    if (details.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="herald"');
    response.status(details.status).type('application/problem+json').send(JSON.stringify(details));
  };
