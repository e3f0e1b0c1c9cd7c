// One signed call to the other system. The body is a Standard Webhooks event: type, time, data.
import type { ChannelBot } from '../../src/domain/channel.ts';
import type { HttpClient, HttpResponse } from '../lib/http.ts';
import { sign } from './signature.ts';

export interface WebhookClientDeps {
  http: HttpClient;
  now: () => number;
}

export interface WebhookEvent {
  /** Stays the same whenever the event is sent again. */
  id: string;
  type: string;
  data: object;
}

const ANSWER_TIMEOUT_MS = 20_000;
/** The answer's words are not read. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** The endpoint; `apiRoot` puts a forwarder in place of its host. */
export function endpointOf({ credentials, apiRoot }: ChannelBot): string {
  const url = new URL(credentials.url ?? '');
  if (apiRoot === null) return url.href;
  return apiRoot.replace(/\/+$/, '') + url.pathname + url.search;
}

export function send(
  { http, now }: WebhookClientDeps,
  bot: ChannelBot,
  { id, type, data }: WebhookEvent,
): Promise<HttpResponse> {
  const body = JSON.stringify({ type, timestamp: new Date(now()).toISOString(), data });
  return http.request({
    method: 'POST',
    url: endpointOf(bot),
    headers: { 'content-type': 'application/json', 'user-agent': 'Herald', ...sign(bot, id, body, now()) },
    body,
    timeoutMs: ANSWER_TIMEOUT_MS,
    maxBytes: MAX_ANSWER_BYTES,
  });
}
