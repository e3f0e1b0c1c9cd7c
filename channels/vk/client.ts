// The way to the API: forms in, JSON out. The platform answers 200 whatever happens; what happened is in the body.
import type { ChannelBot } from '../../src/domain/channel.ts';
import { rootOf, type Unheard, unheardBecause } from '../lib/api-root.ts';
import type { HttpClient, HttpResponse } from '../lib/http.ts';
import { API_VERSION } from './capabilities.ts';
import { asText, isRecord, parseJson } from '../lib/json.ts';
import { formWith } from '../lib/multipart.ts';

const API_ROOT = 'https://api.vk.com';

/** Errors of single calls within a script, in the order of the calls. */
export interface CallError {
  code: number;
  message: string;
}

export type Answer =
  | { kind: 'done'; result: unknown; errors: CallError[] }
  | { kind: 'refused'; code: number; message: string }
  | Unheard;

export type Form = Readonly<Record<string, string | number>>;

export interface VkClient {
  call(bot: ChannelBot, method: string, form: Form): Promise<Answer>;
  /** A file to the address the platform gave for it; the answer as JSON. */
  upload(url: string, file: { name: string; type: string; body: Buffer }): Promise<Answer>;
  /** The bytes of a picture with an address. */
  download(url: string, maxBytes: number): Promise<Buffer | null>;
}

export const apiRootOf = (bot: ChannelBot): string => rootOf(bot, API_ROOT);

export function createVkClient(http: HttpClient): VkClient {
  const asking = async (work: () => Promise<HttpResponse>, read: (answer: HttpResponse) => Answer): Promise<Answer> => {
    try {
      return read(await work());
    } catch (error) {
      return unheardBecause(error);
    }
  };
  return {
    call(bot, method, form) {
      const body = new URLSearchParams({ access_token: bot.credentials.token ?? '', v: API_VERSION });
      for (const [name, value] of Object.entries(form)) body.set(name, String(value));
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const url = `${apiRootOf(bot)}/method/${method}`;
      return asking(() => http.request({ method: 'POST', url, headers, body: body.toString() }), readAnswer);
    },
    upload(url, file) {
      const { type, body } = formWith({}, { field: 'photo', ...file });
      return asking(
        () => http.request({ method: 'POST', url, headers: { 'content-type': type }, body }),
        ({ status, body: bytes }) => {
          const result = parseJson(bytes.toString('utf8'));
          return isRecord(result) ? { kind: 'done', result, errors: [] } : { kind: 'not_an_api', status };
        },
      );
    },
    async download(url, maxBytes) {
      const { status, body } = await http.request({ method: 'GET', url, maxBytes });
      return status === 200 ? body : null;
    },
  };
}

function readAnswer({ status, body }: HttpResponse): Answer {
  const answer = parseJson(body.toString('utf8'));
  if (!isRecord(answer)) return { kind: 'not_an_api', status };
  const error = errorOf(answer.error);
  if (error) return { kind: 'refused', ...error };
  if (!('response' in answer)) return { kind: 'not_an_api', status };
  const errors = Array.isArray(answer.execute_errors) ? answer.execute_errors : [];
  return { kind: 'done', result: answer.response, errors: errors.flatMap((entry) => errorOf(entry) ?? []) };
}

function errorOf(value: unknown): CallError | null {
  if (!isRecord(value) || !Number.isSafeInteger(value.error_code)) return null;
  return { code: Number(value.error_code), message: asText(value.error_msg) };
}
