// Our own pictures are uploaded once per page and sent by the id the platform gives them.
import type { ChannelBot, ReadMedia } from '../../src/domain/channel.ts';
import type { GraphClient } from '../lib/graph/client.ts';
import { createUploads, type MediaFile, type SendUploaded } from '../lib/graph/uploads.ts';
import { asText } from '../lib/json.ts';
import { formWith } from '../lib/multipart.ts';
import { accessOf } from './connect.ts';

export interface PageUploadDeps {
  graph: GraphClient;
  readMedia: ReadMedia;
  now: () => number;
}

/** The platform keeps an upload for 90 days. */
const KEEP_MS = 80 * 24 * 3600 * 1000;

export function createPageUploads({ graph, readMedia, now }: PageUploadDeps): SendUploaded {
  const upload = async (file: MediaFile, bot: ChannelBot): Promise<string> => {
    const message = JSON.stringify({ attachment: { type: 'image', payload: { is_reusable: true } } });
    const form = formWith({ message }, { ...file, field: 'filedata' });
    const answer = await graph.call(accessOf(bot), { method: 'POST', path: 'me/message_attachments', form });
    return asText(answer.attachment_id);
  };
  return createUploads({ readMedia, now, upload, keepMs: KEEP_MS });
}
