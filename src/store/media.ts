// Uploaded pictures. The same bytes are stored once.
import { createHash } from 'node:crypto';
import type { Database } from './database.ts';
import { isDuplicate, newPublicId } from './database.ts';

export interface MediaInfo {
  id: number;
  publicId: string;
  name: string;
  type: string;
  size: number;
  width: number | null;
  height: number | null;
}

interface MediaRow {
  id: number;
  public_id: string;
  name: string;
  type: string;
  size: number;
  width: number | null;
  height: number | null;
}

const INFO = ['id', 'public_id', 'name', 'type', 'size', 'width', 'height'];

const toInfo = (row: MediaRow): MediaInfo => ({
  id: row.id,
  publicId: row.public_id,
  name: row.name,
  type: row.type,
  size: row.size,
  width: row.width,
  height: row.height,
});

export async function insertMedia(
  db: Database,
  file: { name: string; type: string; width: number | null; height: number | null; body: Buffer; now: number },
): Promise<MediaInfo> {
  const sha256 = createHash('sha256').update(file.body).digest('hex');
  const same = (): Promise<MediaRow | undefined> => db('media').where({ sha256 }).first(INFO);
  const known = await same();
  if (known) return toInfo(known);
  const row = {
    public_id: newPublicId(),
    name: file.name.slice(0, 200),
    type: file.type,
    size: file.body.length,
    width: file.width,
    height: file.height,
  };
  try {
    const [id] = await db('media').insert({ ...row, sha256, body: file.body, created_at: file.now });
    return toInfo({ ...row, id: id! });
  } catch (error) {
    const raced = isDuplicate(error) ? await same() : undefined;
    if (!raced) throw error;
    return toInfo(raced);
  }
}

/** The bytes, for serving and for channels that upload. */
export async function readMedia(
  db: Database,
  publicId: string,
): Promise<{ name: string; type: string; body: Buffer } | null> {
  const row: { name: string; type: string; body: Buffer } | undefined = await db('media')
    .where({ public_id: publicId })
    .first('name', 'type', 'body');
  return row ?? null;
}
