// Who a visitor is: a random id, proved by a secret that only our key can make. The widget keeps both; a short-lived
// token stands for them in every further call. A site vouches for its logged-in people with the widget's own secret.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type * as z from 'zod';
import type { visitorProfileSchema } from '../domain/mailbox.ts';
import type { Bot } from '../store/bots.ts';
import type { Keyring } from '../store/secrets.ts';

const TOKEN_LIFE_MS = 3_600_000;

export interface VisitorSession {
  visitor: string;
  /** The id the site vouched for. */
  user: string | null;
  /** What the browser, or the site, said about the person. */
  profile: z.infer<typeof visitorProfileSchema>;
}

const mac = (key: Buffer, ...parts: string[]): Buffer =>
  createHmac('sha256', key).update(JSON.stringify(parts)).digest();

function equal(given: string, encoding: 'hex' | 'base64url', wanted: Buffer): boolean {
  const bytes = Buffer.from(given, encoding);
  return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
}

export const newVisitor = (): string => randomBytes(16).toString('base64url');

export const visitorSecret = (keyring: Keyring, bot: string, visitor: string): string =>
  mac(keyring.derive('widget visitor'), bot, visitor).toString('base64url');

export const isVisitor = (keyring: Keyring, bot: string, visitor: string, secret: string): boolean =>
  equal(secret, 'base64url', mac(keyring.derive('widget visitor'), bot, visitor));

// --- Tokens -----------------------------------------------------------------------------------

export function issueToken(keyring: Keyring, bot: string, session: VisitorSession, now: number) {
  const expiresAt = now + TOKEN_LIFE_MS;
  const body = Buffer.from(JSON.stringify({ ...session, expiresAt })).toString('base64url');
  const signature = mac(keyring.derive('widget token'), bot, body).toString('base64url');
  return { token: `${body}.${signature}`, expiresAt };
}

/** Null for what we did not sign, what was signed for another bot, and what has run out. */
export function readVisitorToken(keyring: Keyring, bot: string, token: string, now: number): VisitorSession | null {
  const [body = '', signature = '', ...rest] = token.split('.');
  if (rest.length > 0 || !equal(signature, 'base64url', mac(keyring.derive('widget token'), bot, body))) return null;
  const { expiresAt, ...session } = JSON.parse(Buffer.from(body, 'base64url').toString()) as VisitorSession & {
    expiresAt: number;
  };
  return expiresAt > now ? session : null;
}

// --- People logged in on the site -------------------------------------------------------------

type Vouched = Pick<Bot, 'publicId'> & { settings: Pick<Bot['settings'], 'secretRenewals'> };

/** The secret a site signs its users' ids with; shown to staff, never to a browser. Renewed, it is another one. */
export function widgetSecret(keyring: Keyring, { publicId, settings: { secretRenewals = 0 } }: Vouched): string {
  const parts = secretRenewals === 0 ? [publicId] : [publicId, String(secretRenewals)];
  return mac(keyring.derive('widget identify'), ...parts).toString('hex');
}

/** What the site's own server computes: HMAC-SHA256 over the user's id, keyed with the secret's text, in hex. */
export const signUser = (secret: string, userId: string): string =>
  createHmac('sha256', secret).update(userId).digest('hex');

export const isSignedUser = (keyring: Keyring, bot: Vouched, user: { id: string; signature: string }): boolean =>
  equal(user.signature, 'hex', Buffer.from(signUser(widgetSecret(keyring, bot), user.id), 'hex'));
