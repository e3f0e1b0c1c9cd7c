// One form with one file in it (RFC 7578), as bytes: for platforms that take pictures by upload.
import { randomBytes } from 'node:crypto';

export interface FormFile {
  /** Name of the field that carries it. */
  field: string;
  name: string;
  type: string;
  body: Buffer;
}

export interface Form {
  body: Buffer;
  /** For the `content-type` header. */
  type: string;
}

export function formWith(fields: Readonly<Record<string, string>>, file: FormFile): Form {
  const boundary = `----form${randomBytes(16).toString('hex')}`;
  const part = (disposition: string, rest: string): string =>
    `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n${rest}`;
  const texts = Object.entries(fields).map(([name, value]) => part(`name="${plain(name)}"`, `\r\n${value}\r\n`));
  const head = part(
    `name="${plain(file.field)}"; filename="${plain(file.name)}"`,
    `content-type: ${file.type.replace(/[^\w.+/-]/g, '')}\r\n\r\n`,
  );
  return {
    body: Buffer.concat([Buffer.from(texts.join('') + head), file.body, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

/** Nothing in a name may end it. */
const plain = (text: string): string => text.replace(/["\r\n\\]/g, '_');
