// The one class of errors a person can act on. The sentence comes from `locales/` (`problems.<code>`), the HTTP
// status from `http/problems.ts`; here is only what went wrong, where, and the values the sentence needs.

export interface FieldProblem {
  /** Where in the input: `audience.all.0.value`. Empty for the whole input. */
  path: string;
  /** Key of the sentence below `problems.` */
  code: string;
  /** Values for the sentence, never a secret. */
  params?: Record<string, string | number>;
}

export class Problem extends Error {
  readonly code: string;
  readonly params: Record<string, string | number>;
  readonly fields: FieldProblem[];

  constructor(code: string, params: Record<string, string | number> = {}, fields: FieldProblem[] = []) {
    super(`${code} ${JSON.stringify(params)}${fields.length ? ` ${JSON.stringify(fields)}` : ''}`);
    this.name = 'Problem';
    this.code = code;
    this.params = params;
    this.fields = fields;
  }
}

/** A problem with exactly one field of the input. */
export const fieldProblem = (path: string, code: string, params: Record<string, string | number> = {}): Problem =>
  new Problem(code, params, [{ path, code, params }]);
