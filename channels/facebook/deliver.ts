// Sends payloads, one call each. Our own pictures are uploaded once per page and sent by the id the platform gives them.
import type { ChannelBot, Envelope, Outcome, ReadMedia } from '../../src/domain/channel.ts';
import { type GraphClient, GraphError } from '../lib/graph/client.ts';
import type { SendMessage, SendPayload } from '../lib/graph/messages.ts';
import { outcomeOf } from '../lib/graph/outcome.ts';
import { createUploads, type MediaFile, NotUploaded, PictureMissing } from '../lib/graph/uploads.ts';
import { asText } from '../lib/json.ts';
import { formWith } from '../lib/multipart.ts';
import { accessOf } from './connect.ts';
import { readCode } from './outcome.ts';

export interface DeliverDeps {
  graph: GraphClient;
  readMedia: ReadMedia;
  now: () => number;
}

export type Deliver = (envelopes: readonly Envelope[], bot: ChannelBot) => Promise<Outcome[]>;

/** The platform keeps an upload for 90 days. */
const KEEP_MS = 80 * 24 * 3600 * 1000;

export function createDeliver({ graph, readMedia, now }: DeliverDeps): Deliver {
  const upload = async (file: MediaFile, bot: ChannelBot): Promise<string> => {
    const message = JSON.stringify({ attachment: { type: 'image', payload: { is_reusable: true } } });
    const form = formWith({ message }, { ...file, field: 'filedata' });
    const answer = await graph.call(accessOf(bot), { method: 'POST', path: 'me/message_attachments', form });
    return asText(answer.attachment_id);
  };
  const uploaded = createUploads({ readMedia, now, upload, keepMs: KEEP_MS });

  const send = async ({ payload, address }: Envelope, bot: ChannelBot): Promise<Outcome> => {
    try {
      // Payloads are opaque JSON outside this folder; only `render` makes them.
      const { media, ...body } = payload as unknown as SendPayload;
      const message = media === undefined ? body.message : pictureOf(await uploaded(media, bot), body.message);
      const answer = await graph.call(accessOf(bot), {
        method: 'POST',
        path: 'me/messages',
        body: { ...body, message, recipient: { id: address } },
      });
      return { status: 'accepted', messageId: asText(answer.message_id) || null };
    } catch (error) {
      if (error instanceof PictureMissing)
        return { status: 'refused', reason: 'content_refused', detail: error.message };
      if (error instanceof NotUploaded) return notUploaded(outcomeOf(error.reason.failure, readCode, now()));
      if (error instanceof GraphError) return outcomeOf(error.failure, readCode, now());
      throw error;
    }
  };

  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}

const pictureOf = (id: string, message: SendMessage): SendMessage => ({
  ...message,
  attachment: { type: 'image', payload: { attachment_id: id } },
});

/** Whatever became of the upload, the message itself was not sent. */
const notUploaded = (outcome: Outcome): Outcome =>
  outcome.status === 'unknown' ? { status: 'failed', detail: outcome.detail } : outcome;
