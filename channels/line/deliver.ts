// Sends one payload to one person (push) or to many (multicast). The key of a request lets the platform recognise a repeat,
// so a request whose answer was lost is made once more at once; what stays unanswered then is unknown.
import { createHash } from 'node:crypto';
import type { ChannelBot, Envelope, Outcome } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { unanswered } from '../lib/json-api.ts';
import { callLine, type LineCall } from './client.ts';
import { outcomeOf } from './outcome.ts';
import type { LinePayload } from './render.ts';

export interface DeliverDeps {
  http: HttpClient;
  now: () => number;
}

export type Deliver = (envelopes: readonly Envelope[], bot: ChannelBot) => Promise<Outcome[]>;

const USER_ID = /^U[0-9a-f]{32}$/;

export function createDeliver(deps: DeliverDeps): Deliver {
  return async (envelopes, bot) => {
    const outcomes = envelopes.map(refusedBeforehand);
    const calls = intoDistinct(
      [...envelopes.keys()].filter((index) => outcomes[index] === null),
      envelopes,
    );
    for (const indices of calls) {
      const together = indices.flatMap((index) => envelopes[index] ?? []);
      const outcome = await send(deps, bot, together);
      for (const index of indices) outcomes[index] = outcome;
    }
    return outcomes.map((outcome) => outcome ?? { status: 'unknown', detail: 'no outcome' });
  };
}

/** One malformed address would have the platform refuse everyone in its company. */
function refusedBeforehand({ address, payload }: Envelope): Outcome | null {
  if (!USER_ID.test(address))
    return { status: 'refused', reason: 'unreachable', detail: 'not a LINE user id', connection: 'unreachable' };
  const { unfetchable } = payload as unknown as LinePayload;
  return unfetchable === undefined
    ? null
    : {
        status: 'refused',
        reason: 'content_refused',
        detail: `the picture ${unfetchable} has no https address that LINE could fetch`,
      };
}

/** A request may name nobody twice: who comes again goes into the next one. */
function intoDistinct(indices: readonly number[], envelopes: readonly Envelope[]): number[][] {
  const calls: { addresses: Set<string>; indices: number[] }[] = [];
  for (const index of indices) {
    const address = envelopes[index]?.address ?? '';
    const open = calls.find((call) => !call.addresses.has(address));
    if (open) {
      open.addresses.add(address);
      open.indices.push(index);
    } else calls.push({ addresses: new Set([address]), indices: [index] });
  }
  return calls.map((call) => call.indices);
}

async function send({ http, now }: DeliverDeps, bot: ChannelBot, envelopes: readonly Envelope[]): Promise<Outcome> {
  const [first] = envelopes;
  if (!first) return { status: 'unknown', detail: 'nothing to send' };
  // Payloads are opaque JSON outside this folder; only `render` makes them.
  const { messages } = first.payload as unknown as LinePayload;
  const call: LineCall = {
    method: 'POST',
    retryKey: retryKeyOf(bot, envelopes),
    ...(envelopes.length === 1
      ? { path: '/v2/bot/message/push', json: { to: first.address, messages } }
      : { path: '/v2/bot/message/multicast', json: { to: envelopes.map(({ address }) => address), messages } }),
  };
  const ask = async (): Promise<Outcome> => {
    try {
      return outcomeOf(await callLine(http, bot, call), envelopes.length > 1, now());
    } catch (error) {
      return unanswered(error);
    }
  };
  const outcome = await ask();
  if (outcome.status !== 'unknown') return outcome;
  const again = await ask();
  // Only an answer about the request itself settles what became of the first one.
  return again.status === 'failed' || again.status === 'throttled' ? outcome : again;
}

/**
 * A UUID that stands for exactly these deliveries to exactly these people, in their order. A delivery that went on to
 * another connection keeps its key and has another address.
 */
export function retryKeyOf({ publicId }: ChannelBot, envelopes: readonly Envelope[]): string {
  const hash = createHash('sha256').update(publicId);
  for (const { key, address } of envelopes) hash.update(`\n${key} ${address}`);
  const hex = hash.digest('hex');
  // The version and variant digits of a UUID made from a hash (RFC 9562, version 8).
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
