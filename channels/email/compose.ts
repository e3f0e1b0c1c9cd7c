// A letter as it goes out: both its forms, its pictures, and the headers that mailings need (RFC 2369, 2919, 8058).
import type { SendMailOptions } from 'nodemailer';
import type { ChannelBot, Envelope, ReadMedia } from '../../src/domain/channel.ts';
import { fillSlots, type Frame, layOut, plainLetter } from './layout.ts';
import type { Letter } from './render.ts';
import { domainOf } from './settings.ts';
import type { Compile } from './sheets.ts';
import { messageIdOf, taggedAddress } from './tag.ts';

export interface ComposeDeps {
  compile: Compile;
  readMedia: ReadMedia;
  now: () => number;
}

/** A picture of the letter is no longer there. */
export class PictureMissing extends Error {
  constructor(media: string) {
    super(`the picture ${media} is no longer there`);
  }
}

export type Composed = SendMailOptions & { messageId: string };
export type Compose = (envelope: Envelope, bot: ChannelBot) => Promise<Composed>;

const MAX_PICTURES = 20;

export function createCompose({ compile, readMedia, now }: ComposeDeps): Compose {
  const read = keepPictures(readMedia);
  return async ({ payload, address, key }, bot) => {
    // Payloads are opaque JSON outside this folder; only `render` makes them.
    const letter = payload as unknown as Letter;
    const { from = '', fromName, footer = '', subject = '', unsubscribeLabel = '' } = bot.credentials;
    const domain = domainOf(from);
    const frame: Frame = {
      subject: letter.subject ?? (subject || bot.name),
      footer,
      unsubscribeLabel: unsubscribeLabel || 'Unsubscribe',
      cid: (media) => `${media}@${domain}`,
    };
    const { mjml, values } = layOut(letter, frame);
    const name = fromName || bot.name;
    const replyTo = taggedAddress(bot, 'r', address);
    return {
      from: { name, address: from },
      to: { name: '', address },
      ...(replyTo === null ? {} : { replyTo: { name, address: replyTo } }),
      envelope: {
        from: taggedAddress(bot, 'b', address, key) ?? (bot.credentials.bounceAddress || from),
        to: [address],
      },
      subject: frame.subject,
      text: plainLetter(letter, frame),
      html: fillSlots(await compile(mjml), values),
      attachments: await Promise.all(
        mediaOf(letter).map(async (media) => {
          const { name: filename, type, body } = await read(media);
          return {
            cid: frame.cid(media),
            filename,
            contentType: type,
            content: body,
            contentDisposition: 'inline' as const,
          };
        }),
      ),
      messageId: `<${messageIdOf(bot, key, address)}>`,
      date: new Date(now()),
      headers: {
        'List-Id': { prepared: true, value: `<${bot.publicId}.${domain}>` },
        'List-Unsubscribe': { prepared: true, value: waysOut(letter, taggedAddress(bot, 'u', address)) },
        'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
        'Feedback-ID': { prepared: true, value: `mailing:${bot.publicId}:herald:${domain}` },
        Precedence: { prepared: true, value: 'bulk' },
      },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
  };
}

const waysOut = ({ unsubscribe }: Letter, mailbox: string | null): string =>
  [unsubscribe, ...(mailbox === null ? [] : [`mailto:${mailbox}?subject=unsubscribe`])]
    .map((way) => `<${way}>`)
    .join(', ');

const mediaOf = ({ parts }: Letter): string[] => [
  ...new Set(parts.flatMap((part) => (part.kind === 'image' && 'media' in part.picture ? [part.picture.media] : []))),
];

type File = NonNullable<Awaited<ReturnType<ReadMedia>>>;

/** The pictures of the mailings at hand, read once and not for every person. */
function keepPictures(readMedia: ReadMedia): (media: string) => Promise<File> {
  const kept = new Map<string, Promise<File>>();
  const read = async (media: string): Promise<File> => {
    const file = await readMedia(media);
    if (!file) throw new PictureMissing(media);
    return file;
  };
  return (media) => {
    const known = kept.get(media);
    if (known) return known;
    if (kept.size >= MAX_PICTURES) kept.clear();
    const file = read(media);
    kept.set(media, file);
    file.catch(() => kept.delete(media));
    return file;
  };
}
