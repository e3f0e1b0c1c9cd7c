// Sends one payload to one person (push) or to many (multicast). The key of a request lets the platform recognise a repeat:
// one whose answer was lost is made once more at once, and if that stays unanswered too, later by whoever calls.
import { createHash } from 'node:crypto';
import type { ChannelBot, Deliver, Envelope, Outcome } from '../../src/domain/channel.ts';
import type { HttpClient } from '../lib/http.ts';
import { unanswered } from '../lib/json-api.ts';
import { callLine, type LineCall } from './client.ts';
import { outcomeOf } from './outcome.ts';
import type { LinePayload } from './render.ts';

export interface DeliverDeps {
  http: HttpClient;
  now: () => number;
}

const USER_ID = /^U[0-9a-f]{32}$/;

export function createDeliver(deps: DeliverDeps): Deliver {
  return async (envelopes, bot) => {
    const refused = envelopes.map(refusedBeforehand);
    const together = envelopes.filter((_, index) => refused[index] === null);
    const outcome = await send(deps, bot, together);
    return refused.map((one) => one ?? outcome);
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

async function send({ http, now }: DeliverDeps, bot: ChannelBot, envelopes: readonly Envelope[]): Promise<Outcome> {
  const [first] = envelopes;
  if (!first) return { status: 'unknown', detail: 'nothing to send' };
  // Payloads are opaque JSON outside this folder; only `render` makes them.
  const { messages } = first.payload as unknown as LinePayload;
  // Where a key is known it is known at its own endpoint: what is left of a multicast goes as one.
  const many = (first.call?.size ?? envelopes.length) > 1;
  const call: LineCall = {
    method: 'POST',
    retryKey: retryKeyOf(bot, first),
    ...(many
      ? { path: '/v2/bot/message/multicast', json: { to: envelopes.map(({ address }) => address), messages } }
      : { path: '/v2/bot/message/push', json: { to: first.address, messages } }),
  };
  const ask = async (): Promise<Outcome> => {
    try {
      return outcomeOf(await callLine(http, bot, call), many, now());
    } catch (error) {
      return unanswered(error);
    }
  };
  const outcome = await ask();
  if (outcome.status !== 'unknown') return outcome;
  const again = await ask();
  // Only an answer about the message itself settles what became of the first request.
  return again.status === 'accepted' || again.status === 'refused' ? again : outcome;
}

/** A UUID that stands for this call of this bot, and for each repeat of it. */
export function retryKeyOf({ publicId }: ChannelBot, { key, call }: Envelope): string {
  const hex = createHash('sha256')
    .update(`${publicId}\n${call?.key ?? key}`)
    .digest('hex');
  // The version and variant digits of a UUID made from a hash (RFC 9562, version 8).
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
