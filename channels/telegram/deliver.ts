// Sends payloads, one call each. A picture is uploaded once per bot; its `file_id` serves everyone after that.
import { InputFile } from 'grammy';
import type { ChannelBot, Deliver, Envelope, Outcome, ReadMedia } from '../../src/domain/channel.ts';
import { failureOf, type TelegramClient } from './client.ts';
import { outcomeOf } from './outcome.ts';
import type { Photo, TelegramPayload } from './render.ts';
import type { Message } from 'grammy/types';

export interface DeliverDeps {
  client: TelegramClient;
  readMedia: ReadMedia;
  now: () => number;
}

export function createDeliver({ client, readMedia, now }: DeliverDeps): Deliver {
  const sendPhoto = createPhotoSender(readMedia);

  const send = async (envelope: Envelope, bot: ChannelBot): Promise<Outcome> => {
    const api = client.api(bot);
    try {
      // Payloads are opaque JSON outside this folder; only `render` makes them.
      const payload = envelope.payload as unknown as TelegramPayload;
      const chat_id = chatId(envelope.address);
      const sent =
        payload.method === 'sendMessage'
          ? await api.raw.sendMessage({ ...payload.body, chat_id })
          : await sendPhoto(payload.photo, bot, (photo) => api.raw.sendPhoto({ ...payload.body, photo, chat_id }));
      return { status: 'accepted', messageId: String(sent.message_id) };
    } catch (error) {
      if (error instanceof PictureMissing)
        return { status: 'refused', reason: 'content_refused', detail: error.message };
      return outcomeOf(failureOf(error), now());
    }
  };

  return (envelopes, bot) => Promise.all(envelopes.map((envelope) => send(envelope, bot)));
}

/** The platform takes ids of people as numbers, and names of channels as text. */
const chatId = (address: string): number | string => (/^-?\d{1,16}$/.test(address) ? Number(address) : address);

class PictureMissing extends Error {
  constructor(media: string) {
    super(`the picture ${media} is no longer there`);
  }
}

const MAX_REMEMBERED = 5000;

type SendPhoto = (photo: string | InputFile) => Promise<Message.PhotoMessage>;

function createPhotoSender(readMedia: ReadMedia): (photo: Photo, bot: ChannelBot, send: SendPhoto) => Promise<Message> {
  const fileIds = new Map<string, string>();
  /** The first send of a picture uploads it; the others wait for what the platform calls it. */
  const uploading = new Map<string, Promise<unknown>>();

  const upload = async (key: string, media: string, send: SendPhoto): Promise<Message> => {
    const file = await readMedia(media);
    if (!file) throw new PictureMissing(media);
    const sent = await send(new InputFile(file.body, `${media}.${extensionOf(file.type)}`));
    const fileId = sent.photo.at(-1)?.file_id;
    if (fileIds.size >= MAX_REMEMBERED) fileIds.clear();
    if (fileId) fileIds.set(key, fileId);
    return sent;
  };

  return async (photo, bot, send) => {
    if ('url' in photo) return send(photo.url);
    const key = `${bot.externalId} ${bot.apiRoot ?? ''} ${photo.media}`;
    while (uploading.has(key) && !fileIds.has(key)) await uploading.get(key);
    const known = fileIds.get(key);
    if (known !== undefined) {
      try {
        return await send(known);
      } catch (error) {
        if (!isForgotten(error)) throw error;
        fileIds.delete(key);
      }
    }
    const attempt = upload(key, photo.media, send);
    uploading.set(
      key,
      attempt.then(nothing, nothing).finally(() => uploading.delete(key)),
    );
    return attempt;
  };
}

const nothing = (): void => undefined;

/** The platform no longer knows this `file_id`: nothing was sent. */
function isForgotten(error: unknown): boolean {
  const failure = failureOf(error);
  return (
    failure.kind === 'refused' &&
    failure.code === 400 &&
    /wrong (remote )?file identifier|file_reference/i.test(failure.description)
  );
}

const extensionOf = (type: string): string =>
  ({ 'image/png': 'png', 'image/gif': 'gif', 'image/webp': 'webp' })[type] ?? 'jpg';
