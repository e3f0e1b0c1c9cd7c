// A channel over real HTTP to a sink: one request a message, every outcome a messenger can give, by status code.
import { createHttpClient, type HttpClient, NoAnswer } from '../../channels/lib/http.ts';
import type { Capabilities } from '../../src/domain/capabilities.ts';
import type { Channel, Envelope, Outcome, Payload } from '../../src/domain/channel.ts';
import { PLAIN_CAPABILITIES, plainChannel } from './plain-channel.ts';

export interface FakeOptions extends Partial<Capabilities> {
  name?: string;
  hosts?: Channel['hosts'];
}

export interface FakeChannel extends Channel {
  close(): Promise<void>;
}

/** Without limits unless they are given: most tests are about something else. */
export function fakeChannel(sinkUrl: string, { name = 'fake', hosts, ...capabilities }: FakeOptions = {}): FakeChannel {
  const http = createHttpClient({ allowPrivate: () => true });
  const rate = { mailing: 25, bot: null, chat: null };
  return {
    ...plainChannel(name),
    capabilities: { ...PLAIN_CAPABILITIES, textLimit: null, rate, ...capabilities },
    ...(hosts && { hosts }),
    // One payload per element, except that buttons ride on what is before them.
    render(message, links) {
      const payloads: Record<string, unknown>[] = [];
      for (const element of message.elements) {
        if (element.kind !== 'buttons') payloads.push({ ...element });
        else {
          const buttons = element.rows.flat().map((button) => ({ label: button.label, ...links.button(button.id) }));
          payloads.push({ ...payloads.pop(), buttons });
        }
      }
      return payloads;
    },
    deliver: (envelopes) => Promise.all(envelopes.map((envelope) => send(http, sinkUrl, envelope))),
    close: () => http.close(),
  };
}

const HEADERS = { 'content-type': 'application/json' };

/** Most people of a mailing share one payload: it is written out once. */
const bodies = new WeakMap<Payload, Buffer>();

function bodyOf(payload: Payload): Buffer {
  const body = bodies.get(payload) ?? Buffer.from(JSON.stringify(payload));
  bodies.set(payload, body);
  return body;
}

async function send(http: HttpClient, sinkUrl: string, { address, key, payload }: Envelope): Promise<Outcome> {
  try {
    const { status, body } = await http.request({
      method: 'POST',
      url: `${sinkUrl}/send/${address}/${key}`,
      headers: HEADERS,
      body: bodyOf(payload),
    });
    return outcomeOf(status, JSON.parse(body.toString()));
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { status: error.sent ? 'unknown' : 'failed', detail: error.code };
  }
}

function outcomeOf(status: number, body: { id?: string; scope?: 'bot' | 'host' | 'chat'; retryAt?: number }): Outcome {
  switch (status) {
    case 200:
      return { status: 'accepted', messageId: body.id ?? null };
    case 400:
      return { status: 'refused', reason: 'content_refused', detail: 'bad request' };
    case 401:
      return { status: 'bot_refused', detail: 'unauthorised' };
    case 403:
      return { status: 'refused', reason: 'blocked', detail: 'blocked by the person' };
    case 404:
      return { status: 'refused', reason: 'unreachable', detail: 'no such chat' };
    case 410:
      return { status: 'refused', reason: 'window_closed', detail: 'wrote too long ago' };
    case 429:
      return { status: 'throttled', scope: body.scope ?? 'bot', retryAt: body.retryAt ?? 0 };
    default:
      return { status: 'failed', detail: `status ${status}` };
  }
}
