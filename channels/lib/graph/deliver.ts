// Sends payloads over the Send API, one call each. Pictures of ours go up first, where they must.
import type { ChannelBot, Envelope, Outcome } from '../../../src/domain/channel.ts';
import { asText } from '../json.ts';
import { type GraphAccess, type GraphClient, GraphError } from './client.ts';
import type { SendMessage, SendPayload } from './messages.ts';
import { outcomeOf } from './outcome.ts';
import { readSendCode } from './send-outcome.ts';
import { NotUploaded, PictureMissing } from './uploads.ts';

export interface DeliverDeps {
  graph: GraphClient;
  now: () => number;
  accessOf(bot: ChannelBot): GraphAccess;
  /** What the platform calls this picture of ours; left out where it fetches them by address. */
  uploaded?(media: string, bot: ChannelBot): Promise<string>;
}

export type Deliver = (envelopes: readonly Envelope[], bot: ChannelBot) => Promise<Outcome[]>;

export function createDeliver({ graph, now, accessOf, uploaded }: DeliverDeps): Deliver {
  const messageOf = async ({ message, media }: SendPayload, bot: ChannelBot): Promise<SendMessage> => {
    if (media === undefined || !uploaded) return message;
    return { ...message, attachment: { type: 'image', payload: { attachment_id: await uploaded(media, bot) } } };
  };

  const send = async (envelope: Envelope, bot: ChannelBot): Promise<Outcome> => {
    try {
      // Payloads are opaque JSON outside the channels; only `render` makes them.
      const payload = envelope.payload as unknown as SendPayload;
      const answer = await graph.call(accessOf(bot), {
        method: 'POST',
        path: 'me/messages',
        body: {
          messaging_type: payload.messaging_type,
          recipient: { id: envelope.address },
          message: await messageOf(payload, bot),
        },
      });
      return { status: 'accepted', messageId: asText(answer.message_id) || null };
    } catch (error) {
      return failed(error, now());
    }
  };

  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}

function failed(error: unknown, now: number): Outcome {
  if (error instanceof PictureMissing) return { status: 'refused', reason: 'content_refused', detail: error.message };
  if (error instanceof NotUploaded) return notSent(outcomeOf(error.reason.failure, readSendCode, now));
  if (error instanceof GraphError) return outcomeOf(error.failure, readSendCode, now);
  throw error;
}

/** Whatever became of the upload, the message itself was not sent. */
const notSent = (outcome: Outcome): Outcome =>
  outcome.status === 'unknown' ? { status: 'failed', detail: outcome.detail } : outcome;
