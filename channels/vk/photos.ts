// Photos for messages: uploaded once per bot, however many go out together, and attached by their id afterwards.
import type { ChannelBot, Outcome, ReadMedia } from '../../src/domain/channel.ts';
import { NoAnswer } from '../lib/http.ts';
import { asText, isRecord } from '../lib/json.ts';
import { CAPABILITIES } from './capabilities.ts';
import type { Answer, VkClient } from './client.ts';
import { idOf } from './ids.ts';
import { requestOutcome } from './outcome.ts';
import type { Photo } from './render.ts';

/** What to write into `attachment`, or why there is nothing. */
export type Attached = { attachment: string } | { outcome: Outcome };

export type Attach = (photo: Photo, bot: ChannelBot) => Promise<Attached>;

const MAX_REMEMBERED = 5000;

export interface PhotoDeps {
  client: VkClient;
  readMedia: ReadMedia;
  now: () => number;
}

export function createAttach({ client, readMedia, now }: PhotoDeps): Attach {
  /** What is on its way serves everybody who comes meanwhile; what failed is tried again by the next one. */
  const uploads = new Map<string, Promise<Attached>>();

  const read = async (photo: Photo): Promise<{ name: string; type: string; body: Buffer } | null> => {
    if ('media' in photo) return readMedia(photo.media);
    const body = await client.download(photo.url, CAPABILITIES.imageBytes);
    return body && { name: 'photo.jpg', type: 'image/jpeg', body };
  };

  const upload = async (photo: Photo, bot: ChannelBot): Promise<Attached> => {
    const file = await read(photo).catch((error: unknown) => {
      if (error instanceof NoAnswer) return error.code;
      throw error;
    });
    // Nothing went to the platform yet: whatever stops us here, no message is out.
    if (typeof file === 'string') return { outcome: { status: 'failed', detail: `no picture (${file})` } };
    if (!file) return { outcome: { status: 'refused', reason: 'content_refused', detail: 'the picture is not there' } };
    const place = await client.call(bot, 'photos.getMessagesUploadServer', {});
    const url = isDone(place) && isRecord(place.result) ? asText(place.result.upload_url) : '';
    if (url === '') return { outcome: notUploaded(place, now()) };
    const name = `${'media' in photo ? photo.media : 'photo'}.${file.type.split('/')[1] ?? 'jpg'}`;
    const stored = await client.upload(url, { name, type: file.type, body: file.body });
    if (!isDone(stored) || !isRecord(stored.result)) return { outcome: notUploaded(stored, now()) };
    const { server, photo: list, hash } = stored.result;
    // An empty list is how the upload says that this is no picture it takes.
    if (asText(list) === '' || list === '[]') {
      return { outcome: { status: 'refused', reason: 'content_refused', detail: 'the picture was not taken' } };
    }
    const form = { server: String(server), photo: asText(list), hash: asText(hash) };
    const saved = await client.call(bot, 'photos.saveMessagesPhoto', form);
    const attachment = isDone(saved) ? attachmentOf(saved.result) : null;
    return attachment === null ? { outcome: notUploaded(saved, now()) } : { attachment };
  };

  return async (photo, bot) => {
    const source = 'media' in photo ? `media:${photo.media}` : photo.url;
    const key = `${bot.externalId} ${bot.apiRoot ?? ''} ${source}`;
    const known = uploads.get(key);
    if (known) return known;
    if (uploads.size >= MAX_REMEMBERED) uploads.clear();
    const uploading = upload(photo, bot);
    uploads.set(key, uploading);
    const forget = (): boolean => uploads.delete(key);
    uploading.then((attached) => 'outcome' in attached && forget(), forget);
    return uploading;
  };
}

const isDone = (answer: Answer): answer is Answer & { kind: 'done' } => answer.kind === 'done';

/** No message has gone out: what is not known of an upload is no more than a try that failed. */
function notUploaded(answer: Answer, now: number): Outcome {
  if (answer.kind === 'done') return { status: 'failed', detail: 'the upload was not understood' };
  const outcome = requestOutcome(answer, 1, now);
  return outcome.status === 'unknown' ? { status: 'failed', detail: outcome.detail } : outcome;
}

function attachmentOf(result: unknown): string | null {
  const photo: unknown = Array.isArray(result) ? result[0] : undefined;
  if (!isRecord(photo) || !Number.isSafeInteger(photo.owner_id) || idOf(photo.id) === null) return null;
  const key = asText(photo.access_key);
  return `photo${String(photo.owner_id)}_${String(photo.id)}${key === '' ? '' : `_${key}`}`;
}
