// Everything secret: bot credentials are encrypted under keys derived from the server's one key, passwords are hashed
// with scrypt, and of sessions and API tokens only a hash is kept. Nothing here ever puts a secret into an error.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  scrypt,
  timingSafeEqual,
  type ScryptOptions,
} from 'node:crypto';
import { Problem } from '../domain/problem.ts';

export interface Keyring {
  encrypt(text: string): string;
  /** Throws `secrets_unreadable` when the text was encrypted under another key or was changed. */
  decrypt(text: string): string;
  /** 32 bytes for one purpose; the same key and purpose always give the same bytes. */
  derive(purpose: string): Buffer;
}

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** `hexKey` is 32 bytes as 64 hex digits. */
export function openKeyring(hexKey: string): Keyring {
  if (!/^[0-9a-fA-F]{64}$/.test(hexKey)) throw new Problem('config_secret_key', {});
  const master = Buffer.from(hexKey, 'hex');
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `herald:${purpose}`, 32));
  const key = derive('secrets');
  return {
    derive,
    encrypt(text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `${VERSION}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    decrypt(text) {
      const [version, encoded] = text.split('.');
      if (version !== VERSION || !encoded) throw new Problem('secrets_unreadable', {});
      const bytes = Buffer.from(encoded, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
          'utf8',
        );
      } catch {
        throw new Problem('secrets_unreadable', {});
      }
    },
  };
}

// --- Passwords ------------------------------------------------------------------------------

/** About 80 ms and 32 MB a guess on the machine this was chosen on (2026-11). */
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const satisfies ScryptOptions;
const HASH_BYTES = 32;

const stretch = (password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await stretch(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** `stored` is null for an unknown account: the answer is no, after just as long. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [kind, n, r, p, salt, hash] = (stored ?? '').split('$');
  if (kind !== 'scrypt' || !salt || !hash) {
    await stretch(password, Buffer.alloc(16), COST);
    return false;
  }
  const options = { N: Number(n), r: Number(r), p: Number(p), maxmem: COST.maxmem };
  const expected = Buffer.from(hash, 'base64url');
  const actual = await stretch(password, Buffer.from(salt, 'base64url'), options);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

// --- Tokens ---------------------------------------------------------------------------------

/** 256 random bits; only their hash is stored. */
export const newToken = (): string => randomBytes(32).toString('base64url');

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
