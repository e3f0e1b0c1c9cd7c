// Pictures are uploaded once per account and sent by the id the platform gave them, for as long as it keeps them.
import type { ChannelBot, ReadMedia } from '../../../src/domain/channel.ts';
import { GraphError } from './client.ts';

export type MediaFile = NonNullable<Awaited<ReturnType<ReadMedia>>>;

export interface UploadDeps {
  readMedia: ReadMedia;
  now: () => number;
  /** Hands the bytes to the platform and answers what it calls them. */
  upload(file: MediaFile, bot: ChannelBot): Promise<string>;
  /** How long the platform keeps them. */
  keepMs: number;
}

/** Nothing was sent, since there was nothing to send. */
export class PictureMissing extends Error {
  constructor(media: string) {
    super(`the picture ${media} is no longer there`);
  }
}

/** Nothing was sent, since the picture did not get there. */
export class NotUploaded extends Error {
  readonly reason: GraphError;
  constructor(reason: GraphError) {
    super('the picture could not be uploaded');
    this.reason = reason;
  }
}

const MAX_REMEMBERED = 5000;

/** What the platform calls this picture of ours. */
export type Uploaded = (media: string, bot: ChannelBot) => Promise<string>;

export function createUploads({ readMedia, now, upload, keepMs }: UploadDeps): Uploaded {
  const known = new Map<string, { id: Promise<string>; until: number }>();

  const send = async (media: string, bot: ChannelBot): Promise<string> => {
    const file = await readMedia(media);
    if (!file) throw new PictureMissing(media);
    return upload(file, bot).catch((error: unknown) => {
      throw error instanceof GraphError ? new NotUploaded(error) : error;
    });
  };

  return (media, bot) => {
    const key = `${bot.externalId} ${bot.apiRoot ?? ''} ${media}`;
    const before = known.get(key);
    if (before && before.until > now()) return before.id;
    if (known.size >= MAX_REMEMBERED) known.clear();
    // The first send uploads; those beside it wait for the same id. One that fails leaves it to the next.
    const id = send(media, bot);
    known.set(key, { id, until: now() + keepMs });
    id.catch(() => known.delete(key));
    return id;
  };
}
