// The pair of keys that names us to push services (VAPID, RFC 8292). Every subscription is bound to the public one, so they are
// made once, when a bot is connected, and kept with its credentials.
import { createECDH } from 'node:crypto';
import webpush from 'web-push';

export type Credentials = Readonly<Record<string, string>>;

/** With keys, where none were brought along. */
export const withKeys = (credentials: Credentials): Record<string, string> =>
  credentials.publicKey === undefined && credentials.privateKey === undefined
    ? { ...credentials, ...webpush.generateVAPIDKeys() }
    : { ...credentials };

/** Does the private key belong to the public one? */
export function isPair(publicKey: string, privateKey: string): boolean {
  try {
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(Buffer.from(privateKey, 'base64url'));
    return curve.getPublicKey().equals(Buffer.from(publicKey, 'base64url'));
  } catch {
    return false;
  }
}

/** Whom a push service may write to about us. */
export function subjectOf({ contact = '' }: Credentials): string {
  return /^(?:mailto|https):/.test(contact) ? contact : `mailto:${contact}`;
}
