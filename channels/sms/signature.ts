// Is a request really from the platform? It signs the address it calls together with the fields of the form, or, for
// JSON, an address that bears the body's hash (twilio.com/docs/usage/webhooks/webhooks-security).
import { createHash, createHmac } from 'node:crypto';
import type { ChannelBot, InboundRequest } from '../../src/domain/channel.ts';
import { sameSecret } from '../lib/secrets.ts';

const HEADER = 'x-twilio-signature';

/**
 * Behind an address of ours: come again when we do not answer well, five times within the 15 seconds that the platform gives. By
 * itself it does so only where no connection was made, and a STOP would be lost while the database is away.
 * twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
export const COMES_AGAIN = '#rc=5&rp=ct,rt,5xx';

export function verify(request: InboundRequest, bot: ChannelBot): boolean {
  const token = bot.credentials.authToken ?? '';
  const given = request.headers[HEADER];
  if (token === '' || given === undefined || !URL.canParse(request.url)) return false;
  const fields = isForm(request) ? signedFields(request.body.toString('utf8')) : '';
  if (!isForm(request) && !bodyIsSigned(request)) return false;
  // Every form is compared, none is skipped. What stands behind the address is no part of what is signed; should it be, it is ours.
  const forms = addressesOf(request).flatMap((url) => [url, url + COMES_AGAIN]);
  const matches = forms.map((url) => sameSecret(given, signature(url + fields, token)));
  return matches.includes(true);
}

/**
 * What the platform may have signed: the public address or, on a machine without one, the address that was called. Whether
 * with its port, is not promised. Any of them bears the unguessable part, and no one else has the key.
 */
function addressesOf({ url, headers }: InboundRequest): string[] {
  const { host } = headers;
  const path = url.replace(/^\w+:\/\/[^/?#]*/, '');
  const called = host !== undefined && /^[\w.:[\]-]+$/.test(host) ? [`http://${host}${path}`] : [];
  return [...formsOf(url), ...called];
}

export const isForm = ({ headers }: InboundRequest): boolean =>
  (headers['content-type'] ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded');

export const signature = (signed: string, token: string): string =>
  createHmac('sha1', token).update(signed, 'utf8').digest('base64');

/** Names and values in the order of the names, with nothing between them; a pair that comes twice counts once. */
export function signedFields(body: string): string {
  const pairs = [...new URLSearchParams(body)].map(([name, value]) => ({ name, value }));
  const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
  pairs.sort((a, b) => order(a.name, b.name) || order(a.value, b.value));
  return [...new Set(pairs.map(({ name, value }) => name + value))].join('');
}

function bodyIsSigned({ url, body }: InboundRequest): boolean {
  const hash = new URL(url).searchParams.get('bodySHA256') ?? '';
  return sameSecret(hash.toLowerCase(), createHash('sha256').update(body).digest('hex'));
}

function formsOf(url: string): string[] {
  const { protocol, port, host, hostname } = new URL(url);
  const defaultPort = protocol === 'https:' ? '443' : '80';
  // Cut out of the address as it came: parsing would rewrite what was signed.
  const rest = url.slice(url.indexOf('//') + 2).replace(/^[^/?#]*/, '');
  const written = url.slice(0, url.length - rest.length);
  const other = port === '' ? `${protocol}//${host}:${defaultPort}` : `${protocol}//${hostname}`;
  return [written + rest, other + rest];
}
