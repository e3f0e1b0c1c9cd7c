// A browser's push subscription as an address: endpoint and both keys in one line, since a channel stores nothing and all three
// are needed to write to it. They come from anybody's browser, so they are checked before they become somebody's address.
import * as z from 'zod';
import { isPrivateAddress, literalAddress } from '../lib/addresses.ts';

export interface Subscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

const ENDPOINT_LENGTH = 560;
const POINT_BYTES = 65;
const AUTH_BYTES = 16;

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

export const subscriptionSchema = z.object({
  endpoint: z.string().max(ENDPOINT_LENGTH).refine(isEndpoint),
  keys: z.object({
    p256dh: z.string().refine((key) => bytesOf(key).length === POINT_BYTES && /^[\w-]{87}=?$/.test(key)),
    auth: z.string().refine((key) => bytesOf(key).length === AUTH_BYTES && /^[\w-]{22}={0,2}$/.test(key)),
  }),
});

/** Which services there are changes from browser to browser; what is dialled is checked once more when it is. */
function isEndpoint(endpoint: string): boolean {
  if (!/^https:\/\/[!-~]+$/.test(endpoint) || !URL.canParse(endpoint)) return false;
  const { hostname, username, password } = new URL(endpoint);
  const literal = literalAddress(hostname);
  if (literal !== null) return !isPrivateAddress(literal);
  return hostname.includes('.') && username === '' && password === '';
}

export const addressOf = ({ endpoint, keys }: Subscription): string =>
  [endpoint, keys.p256dh.replaceAll('=', ''), keys.auth.replaceAll('=', '')].join(' ');

/** Null for an address that somebody else made up. */
export function subscriptionOf(address: string): Subscription | null {
  const [endpoint, p256dh, auth] = address.split(' ');
  const read = subscriptionSchema.safeParse({ endpoint, keys: { p256dh, auth } });
  return read.success ? read.data : null;
}
