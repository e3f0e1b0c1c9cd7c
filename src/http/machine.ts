// Is it a person who opened an address, or a machine that looks at links: a preview, a scanner, a browser fetching
// ahead? What says it is a machine, asks only for headers, or says nothing at all is not a person.
import type { IncomingHttpHeaders } from 'node:http';
import { isbot } from 'isbot';

const AHEAD_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;

export function isMachine({ method, headers }: { method: string; headers: IncomingHttpHeaders }): boolean {
  if (method === 'HEAD') return true;
  if (AHEAD_HEADERS.some((name) => /prefetch|preview|prerender/i.test(String(headers[name] ?? '')))) return true;
  const agent = headers['user-agent'] ?? '';
  return agent === '' || isbot(agent);
}

/** Some mail providers load pictures themselves, for most letters at the moment the person opens them. */
const OPENS_FOR_PEOPLE = /GoogleImageProxy|YahooMailProxy/;
/** And some load them as a letter arrives, whether anybody opens it or not. Their names for themselves, in full. */
const LOADS_UNOPENED = [
  /^Mozilla\/5\.0$/,
  /^Mozilla\/5\.0 \(Windows NT 10\.0; Win64; x64\) .* Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246 Mozilla\/5\.0$/,
] as const;
/** So soon after it was handed over nobody can have opened a letter: it is looked through as it arrives. */
const ARRIVING_MS = 2000;

/**
 * Is what loads the picture of one pixel no sign that a person opened the message? `sinceSent`: milliseconds since it was
 * handed over.
 */
export function isMachineAtPicture(
  request: { method: string; headers: IncomingHttpHeaders },
  sinceSent: number,
): boolean {
  const agent = request.headers['user-agent'] ?? '';
  if (OPENS_FOR_PEOPLE.test(agent)) return sinceSent < ARRIVING_MS;
  return LOADS_UNOPENED.some((name) => name.test(agent)) || isMachine(request);
}
