// Sends texts, long ones in parts or as one payload, as the form says. A receipt is asked for with the last part, whose id is
// the message's.
import { createHash } from 'node:crypto';
import { setTimeout as rest } from 'node:timers/promises';
import type { ChannelBot, Deliver, Envelope, Outcome } from '../../src/domain/channel.ts';
import { NoAnswer } from '../lib/http.ts';
import { type Encoding, segmentsOf } from '../lib/segments.ts';
import { refusalOf } from './outcome.ts';
import type { SmppPayload } from './render.ts';
import { type Asked, BindRefused, type Session } from './session.ts';
import { endpointOf } from './settings.ts';
import type { Transmitters } from './transmitters.ts';
import type { PduFields } from './wire.ts';

export interface DeliverDeps {
  transmitters: Transmitters;
  now: () => number;
}

export function createDeliver({ transmitters, now }: DeliverDeps): Deliver {
  const send = async (envelope: Envelope, bot: ChannelBot): Promise<Outcome> => {
    try {
      const session = await transmitters.of(bot);
      return await submit(session, submissions(envelope, bot), now);
    } catch (error) {
      if (error instanceof BindRefused) return refusalOf(error.status, now()) ?? failed(error);
      return failed(error);
    }
  };
  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}

/** There was no session to send over. */
const failed = (error: unknown): Outcome => ({
  status: 'failed',
  detail: error instanceof NoAnswer ? `no answer (${error.code})` : 'no session',
});

async function submit(session: Session, parts: readonly PduFields[], now: () => number): Promise<Outcome> {
  let messageId: string | null = null;
  for (const [index, part] of parts.entries()) {
    const answer = index === 0 ? await session.ask('submit_sm', part) : await insist(session, part, now);
    if (answer === 'unsent' && index === 0) return { status: 'failed', detail: 'the session had ended' };
    if (typeof answer === 'string') return { status: 'unknown', detail: 'no answer to submit_sm' };
    const refusal = refusalOf(answer.command_status, now());
    // What has been sent of a long text cannot be taken back, and sending it all again would repeat it.
    if (refusal && index > 0) return { status: 'unknown', detail: `only ${index} of ${parts.length} parts were taken` };
    if (refusal) {
      // Not bound as it should be: the next message opens another session.
      if (answer.command_status === 0x04) session.end();
      return refusal;
    }
    messageId = typeof answer.message_id === 'string' && answer.message_id !== '' ? answer.message_id : null;
  }
  return { status: 'accepted', messageId };
}

/** So often a part is sent again to a centre that wants it later: five seconds for haste, half a minute for a full queue. */
const MOST_AGAIN = 5;

/** Half a text is worth nothing: once its first part is taken, the others wait for a centre that is only too busy. */
async function insist(session: Session, part: PduFields, now: () => number): Promise<Asked> {
  for (let again = 0; ; again += 1) {
    const answer = await session.ask('submit_sm', part);
    const refusal = typeof answer === 'string' ? null : refusalOf(answer.command_status, now());
    if (refusal?.status !== 'throttled' || again === MOST_AGAIN) return answer;
    await rest(refusal.retryAt - now());
  }
}

const DATA_CODING: Readonly<Record<Encoding, number>> = { gsm7: 0, ucs2: 8 };

function submissions({ payload, address, key }: Envelope, { credentials }: ChannelBot): PduFields[] {
  // Payloads are opaque JSON outside this folder; only `render` makes them.
  const { text } = payload as unknown as SmppPayload;
  const { encoding, parts } = segmentsOf(text);
  const [from, to] = [endpointOf(credentials.from ?? ''), endpointOf(address)];
  const common = {
    source_addr_ton: from.ton,
    source_addr_npi: from.npi,
    source_addr: from.address,
    dest_addr_ton: to.ton,
    dest_addr_npi: to.npi,
    destination_addr: to.address,
    data_coding: DATA_CODING[encoding],
  };
  if (parts.length === 1) return [{ ...common, registered_delivery: 1, short_message: { message: text } }];
  if (credentials.longTexts === 'payload')
    return [{ ...common, registered_delivery: 1, message_payload: { message: text } }];
  // The same for the same message: a phone puts together what bears one number.
  const reference = createHash('sha256').update(key).digest()[0] ?? 0;
  return parts.map((message, index) => ({
    ...common,
    registered_delivery: index === parts.length - 1 ? 1 : 0,
    short_message: { udh: Buffer.from([5, 0, 3, reference, parts.length, index + 1]), message },
  }));
}
