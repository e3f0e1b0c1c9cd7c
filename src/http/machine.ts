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

/** Some mail providers load pictures themselves, at the moment the person opens the message. */
const OPENS_FOR_PEOPLE = /GoogleImageProxy|YahooMailProxy/;

/** Is what loads the picture of one pixel no sign that a person opened the message? */
export const isMachineAtPicture = (request: { method: string; headers: IncomingHttpHeaders }): boolean =>
  !OPENS_FOR_PEOPLE.test(request.headers['user-agent'] ?? '') && isMachine(request);
