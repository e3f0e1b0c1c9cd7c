// The little of VKScript that is understood here: `return [API.method({…}), …];`. Anything else does not compile.
import { isRecord, parseJson } from '../../lib/json.ts';
import type { Params } from './content.ts';
import { Refusal } from './refusal.ts';

export interface ScriptCall {
  method: string;
  params: Params;
}

const CALLS_MAX = 25;
const notCompiled = (): Refusal => new Refusal(12, 'Unable to compile code');

export function readScript(code: string): ScriptCall[] {
  const inner = /^return \[([\s\S]*)\];$/.exec(code)?.[1];
  if (inner === undefined) throw notCompiled();
  const calls: ScriptCall[] = [];
  let at = 0;
  while (at < inner.length) {
    const method = /^API\.([a-z]+\.[a-zA-Z]+)\(/.exec(inner.slice(at, at + 100))?.[1];
    if (method === undefined) throw notCompiled();
    const start = at + `API.${method}(`.length;
    const end = closingBracket(inner, start);
    const params = parseJson(inner.slice(start, end));
    if (!isRecord(params)) throw notCompiled();
    calls.push({ method, params });
    at = end + 1;
    if (inner[at] === ',') at += 1;
    else if (at < inner.length) throw notCompiled();
  }
  if (calls.length > CALLS_MAX)
    throw new Refusal(13, 'Runtime error occurred during code invocation: Too many API calls');
  return calls;
}

/** Where the bracket that is open closes; brackets within texts do not count. */
function closingBracket(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') quoted = !quoted;
    else if (text[at] === ')' && !quoted) return at;
  }
  throw notCompiled();
}
