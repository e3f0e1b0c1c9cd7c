// Sends payloads, one call each, to people by their user ids: the platform opens the conversation with the app by itself.
// Pictures that have no public address are uploaded before.
import type { ChannelBot, Deliver, Envelope, Outcome } from '../../src/domain/channel.ts';
import { unanswered } from '../lib/json-api.ts';
import { callSlack } from './client.ts';
import { isFileUnready, outcomeOf } from './outcome.ts';
import type { SlackBlock, SlackPayload } from './render.ts';
import { createUploads, NotUploaded, type UploadDeps } from './uploads.ts';

export type DeliverDeps = UploadDeps;

/** People, and no channels: a mailing must not be able to reach a whole channel by a mistyped address. */
const USER_ID = /^[UW][A-Z0-9]{2,20}$/;

export function createDeliver(deps: DeliverDeps): Deliver {
  const { http, now } = deps;
  const uploads = createUploads(deps);

  const withFile = async (block: SlackBlock, bot: ChannelBot): Promise<object> => {
    if (block.type !== 'image' || !('media' in block)) return block;
    const { media, ...image } = block;
    return { ...image, slack_file: { id: await uploads.idOf(media, bot) } };
  };

  const send = async ({ payload, address }: Envelope, bot: ChannelBot): Promise<Outcome> => {
    if (!USER_ID.test(address))
      return { status: 'refused', reason: 'unreachable', detail: 'not a Slack user id', connection: 'unreachable' };
    // Payloads are opaque JSON outside this folder; only `render` makes them.
    const { unfetchable, blocks, ...message } = payload as unknown as SlackPayload;
    if (unfetchable !== undefined)
      return {
        status: 'refused',
        reason: 'content_refused',
        detail: `the picture ${unfetchable} has no https address that Slack could fetch`,
      };
    try {
      const ready = await Promise.all(blocks.map((block) => withFile(block, bot)));
      const json = { channel: address, ...message, blocks: ready };
      const answer = await callSlack(http, bot, { method: 'chat.postMessage', json });
      if (isFileUnready(answer)) for (const block of blocks) if ('media' in block) uploads.forget(block.media, bot);
      return outcomeOf(answer, now());
    } catch (error) {
      return error instanceof NotUploaded ? error.outcome : unanswered(error);
    }
  };
  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}
