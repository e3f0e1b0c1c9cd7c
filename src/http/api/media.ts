// Uploaded pictures.
import * as z from 'zod';
import { publicIdSchema } from './common.ts';

/** `POST /media` (multipart, field `file`). `source` goes into an image element; the picture is at `/media/:id`. */
export const mediaSchema = z.object({
  id: publicIdSchema,
  source: z.string(),
  url: z.string(),
  name: z.string(),
  type: z.string(),
  size: z.int(),
  width: z.int().nullable(),
  height: z.int().nullable(),
});
export type Media = z.infer<typeof mediaSchema>;
