// Forms with files as simulators receive them (RFC 7578).

export interface Part {
  name: string;
  fileName: string | null;
  body: Buffer;
}

/** The parts of a multipart body, header names in any case, file names quoted or not; null where it is none. */
export function splitMultipart(type: string, body: Buffer): Part[] | null {
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (!boundary) return null;
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Part[] = [];
  let at = body.indexOf(delimiter);
  while (at !== -1) {
    const start = at + delimiter.length + 2;
    const next = body.indexOf(delimiter, start);
    if (next === -1) break;
    const part = body.subarray(start, next - 2);
    const end = part.indexOf('\r\n\r\n');
    const head = end === -1 ? '' : part.subarray(0, end).toString('utf8');
    const name = /name="([^"]*)"/i.exec(head.replace(/filename="[^"]*"/i, ''))?.[1];
    if (name !== undefined) {
      const fileName = /filename="?([^";\r\n]*)"?/i.exec(head)?.[1] ?? null;
      parts.push({ name, fileName, body: part.subarray(end + 4) });
    }
    at = next;
  }
  return parts;
}
