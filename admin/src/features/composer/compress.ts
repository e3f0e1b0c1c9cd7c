// Makes a picture small enough for a messenger: first a lower quality, then smaller sides, until it fits.

const QUALITIES = [0.85, 0.7] as const;
const SHRINK = 0.8;
const SMALLEST_SIDE = 320;

/** The picture as JPEG of at most `limit` bytes; null when the browser cannot read it. */
export async function compress(file: File, limit: number): Promise<File | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  for (let scale = 1; Math.min(bitmap.width, bitmap.height) * scale >= SMALLEST_SIDE || scale === 1; scale *= SHRINK) {
    for (const quality of QUALITIES) {
      const blob = await draw(bitmap, scale, quality);
      if (blob && blob.size <= limit)
        return new File([blob], file.name.replace(/\.\w+$/, '.jpg'), { type: 'image/jpeg' });
    }
  }
  return null;
}

function draw(bitmap: ImageBitmap, scale: number, quality: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
}
