// Pictures: taken in by their bytes, whatever their name says, and served for ever, since the same id is always the
// same picture.
import { Router } from 'express';
import { imageSize } from 'image-size';
import multer from 'multer';
import { fieldProblem, Problem } from '../domain/problem.ts';
import { insertMedia, type MediaInfo, readMedia } from '../store/media.ts';
import { type Media, mediaSchema } from './api/media.ts';
import type { HttpDeps } from './deps.ts';
import { tooLargeFile } from './problems.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';

const LIMIT_BYTES = 10 * 1024 * 1024;
/** More than any screen shows; a small file that unpacks to more is an attack on whoever opens it. */
const MAX_PIXELS = 50_000_000;

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: LIMIT_BYTES, files: 1, fields: 10 } });

const toMedia = (info: MediaInfo): Media => ({
  id: info.publicId,
  source: `media:${info.publicId}`,
  url: `/media/${info.publicId}`,
  name: info.name,
  type: info.type,
  size: info.size,
  width: info.width,
  height: info.height,
});

export const mediaRoutes = ({ db, now }: HttpDeps): Route[] => [
  guarded({
    method: 'post',
    path: '/media',
    tag: 'Media',
    summary: 'Upload a picture: PNG, JPEG, GIF or WebP, up to 10 MB.',
    needs: 'write',
    status: 201,
    upload: tooLargeFile(LIMIT_BYTES, upload.single('file')),
    answer: mediaSchema,
    async handle({ request, actor }) {
      if (!request.file) throw fieldProblem('file', 'file_missing');
      const { buffer, originalname } = request.file;
      const info = await insertMedia(db, { name: nameOf(originalname), ...measure(buffer), body: buffer, now: now() });
      await record(db, now(), actor, {
        action: 'media.uploaded',
        target: info.publicId,
        data: { name: info.name, size: info.size },
      });
      return toMedia(info);
    },
  }),
];

/** Kind and size out of the picture's own first bytes. */
function measure(body: Buffer): { type: string; width: number; height: number } {
  try {
    const { type, width, height } = imageSize(body);
    const known = TYPES[type ?? ''];
    if (known && width > 0 && height > 0 && width * height <= MAX_PIXELS) return { type: known, width, height };
  } catch {
    // Not a picture at all: said below, in words.
  }
  throw fieldProblem('file', 'not_a_picture');
}

/** Multipart names arrive as Latin-1; people write them in UTF-8. */
const nameOf = (name: string): string => Buffer.from(name, 'latin1').toString('utf8').slice(0, 200);

const YEAR_SECONDS = 31_536_000;

/** Some platforms look at the ending of an address before they fetch it. */
const ENDING = /\.(?:jpe?g|png|gif|webp)$/;

/** `GET /media/:id`, with or without an ending, for browsers, messengers and the website chat. */
export function mediaRouter({ db }: Pick<HttpDeps, 'db'>): Router {
  const router = Router();
  router.get('/media/:id', async (request, response) => {
    const media = await readMedia(db, request.params.id.replace(ENDING, ''));
    if (!media) throw new Problem('not_found');
    response.setHeader('Cache-Control', `public, max-age=${YEAR_SECONDS}, immutable`);
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.setHeader('Content-Security-Policy', "default-src 'none'");
    response.type(media.type).send(media.body);
  });
  return router;
}
