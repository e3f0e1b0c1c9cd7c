// Sends payloads over the Send API, one call each. Pictures of ours go up first, where they must.
import type { ChannelBot, Deliver, Envelope, Outcome } from '../../../src/domain/channel.ts';
import { asText } from '../json.ts';
import { type GraphAccess, type GraphClient, GraphError } from './client.ts';
import type { SendPayload } from './messages.ts';
import { outcomeOf } from './outcome.ts';
import { readSendCode } from './send-outcome.ts';
import { NotUploaded, PictureMissing, type SendUploaded } from './uploads.ts';

export interface DeliverDeps {
  graph: GraphClient;
  now: () => number;
  accessOf(bot: ChannelBot): GraphAccess;
  /** Left out where the platform fetches our pictures by address. */
  uploaded?: SendUploaded;
}

export function createDeliver({ graph, now, accessOf, uploaded }: DeliverDeps): Deliver {
  const call = async (to: string, { messaging_type, message }: SendPayload, bot: ChannelBot): Promise<Outcome> => {
    const body = { messaging_type, recipient: { id: to }, message };
    const answer = await graph.call(accessOf(bot), { method: 'POST', path: 'me/messages', body });
    return { status: 'accepted', messageId: asText(answer.message_id) || null };
  };

  const send = async ({ payload, address }: Envelope, bot: ChannelBot): Promise<Outcome> => {
    // Payloads are opaque JSON outside the channels; only `render` makes them.
    const content = payload as unknown as SendPayload;
    try {
      if (content.media === undefined || !uploaded) return await call(address, content, bot);
      return await uploaded(content.media, bot, (id) => call(address, withPicture(content, id), bot));
    } catch (error) {
      return failed(error, now());
    }
  };

  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}

const withPicture = (payload: SendPayload, id: string): SendPayload => ({
  ...payload,
  message: { ...payload.message, attachment: { type: 'image', payload: { attachment_id: id } } },
});

function failed(error: unknown, now: number): Outcome {
  if (error instanceof PictureMissing) return { status: 'refused', reason: 'content_refused', detail: error.message };
  if (error instanceof NotUploaded) return notSent(outcomeOf(error.reason.failure, readSendCode, now));
  if (error instanceof GraphError) return outcomeOf(error.failure, readSendCode, now);
  throw error;
}

/** Whatever became of the upload, the message itself was not sent. */
const notSent = (outcome: Outcome): Outcome =>
  outcome.status === 'unknown' ? { status: 'failed', detail: outcome.detail } : outcome;
