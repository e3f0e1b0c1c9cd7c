// A channel with a batch endpoint and the platform behind it: one HTTP request carries many receivers and is answered
// with one result for each. The platform remembers every call, and who got what. It knows a repeat by each message's
// key, by that of the request, or not at all.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient, NoAnswer } from '../../channels/lib/http.ts';
import type { Capabilities } from '../../src/domain/capabilities.ts';
import type { Channel, Envelope, Outcome } from '../../src/domain/channel.ts';
import { PLAIN_CAPABILITIES, plainChannel } from './plain-channel.ts';

/** What the platform says of one receiver. */
export type Result = 'ok' | 'blocked' | 'slow_down' | 'try_again' | 'no_idea';

interface Item {
  address: string;
  key: string;
  payload: unknown;
}

/** By what the platform knows a repeat, to drop it. */
export type Memory = 'nothing' | 'messages' | 'calls';

export interface BatchSink {
  url: string;
  /** Every call, as the messages in it. */
  calls: Item[][];
  /** The key of each call; empty where it has none. */
  callKeys: string[];
  /** What reached people: by address, as often as it did. */
  arrivals: Item[];
  result(item: Item): Result;
  /** Instead of results: a status for the whole call, `silent`, no answer although all of it arrived, or `lost`, nothing did. */
  whole(call: readonly Item[]): number | 'silent' | 'lost' | null;
  stop(): Promise<void>;
}

export async function startBatchSink({ knows = 'nothing' }: { knows?: Memory } = {}): Promise<BatchSink> {
  const seen = new Set<string>();
  const take = (item: Item): void => {
    if (knows === 'messages' && seen.has(item.key)) return;
    seen.add(item.key);
    sink.arrivals.push(item);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const items = JSON.parse(Buffer.concat(chunks).toString()) as Item[];
      const callKey = String(request.headers[CALL_KEY] ?? '');
      sink.calls.push(items);
      sink.callKeys.push(callKey);
      const whole = sink.whole(items);
      if (typeof whole === 'number') return void response.writeHead(whole).end();
      if (whole === 'lost') return void request.socket.destroy();
      if (knows === 'calls') {
        if (callKey === '' || new Set(items.map(({ address }) => address)).size < items.length)
          return void response.writeHead(400).end();
        if (seen.has(callKey))
          return void (whole === 'silent' ? request.socket.destroy() : response.writeHead(ACCEPTED_BEFORE).end());
        seen.add(callKey);
      }
      const results = items.map((item) => (whole === 'silent' ? 'ok' : sink.result(item)));
      for (const [index, item] of items.entries())
        if (results[index] === 'ok' || results[index] === 'no_idea') take(item);
      if (whole === 'silent') return void request.socket.destroy();
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(results));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: BatchSink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    callKeys: [],
    arrivals: [],
    result: () => 'ok',
    whole: () => null,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return sink;
}

/** What a channel of such a platform declares. */
export const repeatsKnownBy = (
  knows: string,
): { idempotent: boolean; callKey: Pick<Capabilities['batch'], 'callKey'> } => ({
  idempotent: knows !== 'nothing',
  callKey: knows === 'calls' ? { callKey: { hours: 24 } } : {},
});

const CALL_KEY = 'x-call-key';
const ACCEPTED_BEFORE = 409;

export interface BatchChannel extends Channel {
  close(): Promise<void>;
}

export interface BatchOptions extends Partial<Capabilities> {
  name: string;
}

export function batchChannel(url: string, { name, ...capabilities }: BatchOptions): BatchChannel {
  const http = createHttpClient({ allowPrivate: () => true });
  const rate = { mailing: 25, bot: null, chat: null };
  return {
    ...plainChannel(name),
    capabilities: { ...PLAIN_CAPABILITIES, textLimit: null, rate, ...capabilities },
    render: (message) => message.elements.map((element) => ({ ...element })),
    async deliver(envelopes) {
      try {
        const { status, body } = await http.request({
          method: 'POST',
          url,
          headers: {
            'content-type': 'application/json',
            ...(envelopes[0]?.call ? { [CALL_KEY]: envelopes[0].call.key } : {}),
          },
          body: JSON.stringify(envelopes.map(({ address, key, payload }) => ({ address, key, payload }))),
        });
        if (status === ACCEPTED_BEFORE) return envelopes.map(() => ({ status: 'accepted', messageId: null }));
        if (status === 429)
          return envelopes.map(() => ({ status: 'throttled', scope: 'bot', retryAt: Date.now() + 50 }));
        if (status !== 200) return envelopes.map(() => ({ status: 'failed', detail: `status ${status}` }));
        const results = JSON.parse(body.toString()) as Result[];
        return envelopes.map((envelope, index) => outcomeOf(envelope, results[index] ?? 'no_idea'));
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        return envelopes.map(() => ({ status: error.sent ? 'unknown' : 'failed', detail: error.code }));
      }
    },
    close: () => http.close(),
  };
}

function outcomeOf({ key }: Envelope, result: Result): Outcome {
  switch (result) {
    case 'ok':
      return { status: 'accepted', messageId: `m-${key}` };
    case 'blocked':
      return { status: 'refused', reason: 'blocked', detail: 'blocked by the person' };
    case 'slow_down':
      return { status: 'throttled', scope: 'chat', retryAt: Date.now() + 50 };
    case 'try_again':
      return { status: 'throttled', scope: 'bot', retryAt: Date.now() + 50 };
    case 'no_idea':
      return { status: 'unknown', detail: 'no result' };
    default:
      return result satisfies never;
  }
}
