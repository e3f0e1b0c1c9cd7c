// The list beside the Send button while it is being made: what is well, what to know, what blocks.

export interface Finding {
  level: 'ok' | 'warning' | 'error';
  /** Key of the sentence: an error's below `problems:`, another's below `server:findings.`. */
  code: string;
  params: Record<string, string | number>;
  step: 'message' | 'audience' | 'sending';
  path?: string;
}

type Params = Record<string, string | number>;

export function findings() {
  const list: Finding[] = [];
  const add = (level: Finding['level'], step: Finding['step'], code: string, params: Params, path?: string): void =>
    void list.push({ level, step, code, params, ...(path === undefined ? {} : { path }) });
  return {
    list,
    ok: (step: Finding['step'], code: string, params: Params = {}) => add('ok', step, code, params),
    warn: (step: Finding['step'], code: string, params: Params = {}, path?: string) =>
      add('warning', step, code, params, path),
    error: (step: Finding['step'], code: string, params: Params = {}, path?: string) =>
      add('error', step, code, params, path),
  };
}
export type Findings = ReturnType<typeof findings>;
