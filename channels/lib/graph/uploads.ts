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

/** Sends something that bears the id which the platform gave to this picture of ours. */
export type SendUploaded = <T>(media: string, bot: ChannelBot, send: (id: string) => Promise<T>) => Promise<T>;

interface Known {
  id: Promise<string>;
  until: number;
}

export function createUploads({ readMedia, now, upload, keepMs }: UploadDeps): SendUploaded {
  const known = new Map<string, Known>();

  const put = async (media: string, bot: ChannelBot): Promise<string> => {
    const file = await readMedia(media);
    if (!file) throw new PictureMissing(media);
    try {
      const id = await upload(file, bot);
      if (id === '') throw new GraphError({ kind: 'not_an_api', status: 200 });
      return id;
    } catch (error) {
      throw error instanceof GraphError ? new NotUploaded(error) : error;
    }
  };

  const forget = (key: string, entry: Known): void => {
    if (known.get(key) === entry) known.delete(key);
  };

  /** The first send uploads; those beside it wait for the same id. One that fails leaves it to the next. */
  const idOf = (key: string, media: string, bot: ChannelBot): { entry: Known; isNew: boolean } => {
    const before = known.get(key);
    if (before && before.until > now()) return { entry: before, isNew: false };
    if (known.size >= MAX_REMEMBERED) known.clear();
    const entry = { id: put(media, bot), until: now() + keepMs };
    known.set(key, entry);
    entry.id.catch(() => forget(key, entry));
    return { entry, isNew: true };
  };

  return async (media, bot, send) => {
    const key = `${bot.externalId} ${bot.apiRoot ?? ''} ${media}`;
    const { entry, isNew } = idOf(key, media, bot);
    try {
      return await send(await entry.id);
    } catch (error) {
      if (isNew || !isForgotten(error)) throw error;
      forget(key, entry);
      return send(await idOf(key, media, bot).entry.id);
    }
  };
}

/** Ids of uploads are parameters; the other two are what WhatsApp says of media that it cannot get. */
const FORGOTTEN: ReadonlySet<number> = new Set([100, 131052, 131053]);
/** So the first of them says that it is the person who is not there: no new upload brings them back. */
const NOBODY_THERE = 2018001;

/** The platform may no longer know this picture: nothing was sent. */
const isForgotten = (error: unknown): boolean =>
  error instanceof GraphError &&
  error.failure.kind === 'refused' &&
  FORGOTTEN.has(error.failure.code) &&
  error.failure.subcode !== NOBODY_THERE;
