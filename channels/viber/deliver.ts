// Sends: one receiver by `send_message`, several by `broadcast_message`, as many in a request as it may be large. Where
// the account may not broadcast, everyone is written to alone.
import type { ChannelBot, Deliver, Envelope, Outcome, Payload } from '../../src/domain/channel.ts';
import { unheardOutcome } from '../lib/api-root.ts';
import { asText, isRecord } from '../lib/json.ts';
import { RECEIVER_PLACEHOLDER, REQUEST_BYTES_MAX, SENDER_NAME_MAX } from './capabilities.ts';
import type { Answer, ViberClient } from './client.ts';
import { tokenOf } from './json.ts';
import { broadcastOutcome, isAccepted, mayNotBroadcast, receiverOutcome } from './outcome.ts';

export interface DeliverDeps {
  client: ViberClient;
  now: () => number;
}

/** For so long an account that may not broadcast is not asked to. */
const ALONE_MS = 3_600_000;

export function createDeliver({ client, now }: DeliverDeps): Deliver {
  /** Accounts that may not broadcast, and until when that is believed. */
  const alone = new Map<string, number>();

  const sendOne = async ({ payload, address }: Envelope, bot: ChannelBot): Promise<Outcome> => {
    const text = JSON.stringify({ ...messageOf(payload, bot), receiver: address });
    // Only a broadcast has its place-holders filled in by the platform.
    const answer = await client.call(bot, 'send_message', fillIn(text, address));
    if (answer.kind !== 'answered') return unheardOutcome(answer);
    if (isAccepted(answer)) return { status: 'accepted', messageId: tokenOf(answer.body.message_token) };
    return receiverOutcome(answer.status, answer.message, now());
  };
  const sendEach = (envelopes: readonly Envelope[], bot: ChannelBot): Promise<Outcome[]> =>
    Promise.all(envelopes.map((envelope) => sendOne(envelope, bot)));

  const broadcast = async (envelopes: readonly Envelope[], bot: ChannelBot, message: object): Promise<Outcome[]> => {
    const receivers = envelopes.map(({ address }) => address);
    const answer = await client.call(
      bot,
      'broadcast_message',
      JSON.stringify({ ...message, broadcast_list: receivers }),
    );
    if (mayNotBroadcast(answer)) {
      alone.set(bot.externalId, now() + ALONE_MS);
      return sendEach(envelopes, bot);
    }
    if (isAccepted(answer)) return eachOutcome(answer, receivers, now());
    const outcome = broadcastOutcome(answer, now());
    return receivers.map(() => outcome);
  };

  return async (envelopes, bot) => {
    const [first] = envelopes;
    if (!first) return [];
    if (envelopes.length === 1 || (alone.get(bot.externalId) ?? 0) > now()) return sendEach(envelopes, bot);
    // One payload for all: that is what `batch.identical` promises.
    const message = messageOf(first.payload, bot);
    const calls = intoRequests(envelopes, Buffer.byteLength(JSON.stringify({ ...message, broadcast_list: [] })));
    return (await Promise.all(calls.map((call) => broadcast(call, bot, message)))).flat();
  };
}

const messageOf = (payload: Payload, bot: ChannelBot): Payload => ({
  sender: { name: [...bot.name].slice(0, SENDER_NAME_MAX).join('') },
  ...payload,
});

const fillIn = (text: string, address: string): string =>
  text.replaceAll(RECEIVER_PLACEHOLDER, encodeURIComponent(address));

/** Runs of receivers whose request stays within the limit; at least one in each. */
function intoRequests(envelopes: readonly Envelope[], emptyBytes: number): Envelope[][] {
  const calls: Envelope[][] = [];
  let bytes = Infinity;
  for (const envelope of envelopes) {
    const more = Buffer.byteLength(JSON.stringify(envelope.address)) + 1;
    if (bytes + more > REQUEST_BYTES_MAX) {
      calls.push([]);
      bytes = emptyBytes;
    }
    calls.at(-1)?.push(envelope);
    bytes += more;
  }
  return calls;
}

/** Everyone was taken, save those the answer names. */
function eachOutcome({ body }: Answer & { kind: 'answered' }, receivers: readonly string[], now: number): Outcome[] {
  const failed = new Map<string, Outcome>();
  for (const entry of Array.isArray(body.failed_list) ? body.failed_list : []) {
    if (!isRecord(entry) || !Number.isSafeInteger(entry.status)) continue;
    const outcome = receiverOutcome(Number(entry.status), asText(entry.status_message), now);
    failed.set(asText(entry.receiver), outcome);
  }
  const accepted: Outcome = { status: 'accepted', messageId: tokenOf(body.message_token) };
  return receivers.map((receiver) => failed.get(receiver) ?? accepted);
}
