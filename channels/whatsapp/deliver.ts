// Sends payloads, one call each. Our own pictures are uploaded once per number and sent by the id the platform gives them.
import type { ChannelBot, Deliver, Envelope, Outcome, ReadMedia } from '../../src/domain/channel.ts';
import { type GraphClient, GraphError } from '../lib/graph/client.ts';
import { outcomeOf } from '../lib/graph/outcome.ts';
import { createUploads, type MediaFile, NotUploaded, PictureMissing } from '../lib/graph/uploads.ts';
import { asRecords, asText, type JsonRecord } from '../lib/json.ts';
import { formWith } from '../lib/multipart.ts';
import { accessOf, phoneOf } from './connect.ts';
import { readCode } from './outcome.ts';
import type { WhatsAppPayload } from './render.ts';

export interface DeliverDeps {
  graph: GraphClient;
  readMedia: ReadMedia;
  now: () => number;
}

/** The platform keeps an upload for 30 days. */
const KEEP_MS = 25 * 24 * 3600 * 1000;

export function createDeliver({ graph, readMedia, now }: DeliverDeps): Deliver {
  const upload = async (file: MediaFile, bot: ChannelBot): Promise<string> => {
    const form = formWith({ messaging_product: 'whatsapp', type: file.type }, { ...file, field: 'file' });
    const answer = await graph.call(accessOf(bot), { method: 'POST', path: `${phoneOf(bot)}/media`, form });
    return asText(answer.id);
  };
  const uploaded = createUploads({ readMedia, now, upload, keepMs: KEEP_MS });

  const call = async (address: string, content: WhatsAppPayload, bot: ChannelBot): Promise<Outcome> => {
    const answer = await graph.call(accessOf(bot), {
      method: 'POST',
      path: `${phoneOf(bot)}/messages`,
      body: { messaging_product: 'whatsapp', recipient_type: 'individual', ...receiver(address), ...content },
    });
    return { status: 'accepted', messageId: asText(asRecords(answer.messages)[0]?.id) || null };
  };

  const send = async ({ payload, address }: Envelope, bot: ChannelBot): Promise<Outcome> => {
    // Payloads are opaque JSON outside this folder; only `render` makes them.
    const content = payload as unknown as WhatsAppPayload;
    try {
      if (content.type !== 'image' || content.media === undefined) return await call(address, content, bot);
      const { media, image } = content;
      return await uploaded(media, bot, (id) => call(address, { type: 'image', image: { ...image, id } }, bot));
    } catch (error) {
      if (error instanceof PictureMissing)
        return { status: 'refused', reason: 'content_refused', detail: error.message };
      if (error instanceof NotUploaded) return notSent(outcomeOf(error.reason.failure, readCode, now()));
      if (error instanceof GraphError) return outcomeOf(error.failure, readCode, now());
      throw error;
    }
  };

  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}

/** A phone number, or the id that a person without one has with this business. */
const receiver = (address: string): JsonRecord =>
  /^\+?\d{5,20}$/.test(address) ? { to: address } : { recipient: address };

/** Whatever became of the upload, the message itself was not sent. */
const notSent = (outcome: Outcome): Outcome =>
  outcome.status === 'unknown' ? { status: 'failed', detail: outcome.detail } : outcome;
