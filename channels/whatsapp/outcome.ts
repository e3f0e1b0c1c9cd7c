// What the Cloud API's own error codes mean, in an answer or in a status that comes later; those of the whole Graph API are
// in channels/lib/graph/outcome.ts. developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes,
// read 2026-11.
import type { Meaning, ReadCode } from '../lib/graph/outcome.ts';

export const readCode: ReadCode = ({ code }) =>
  MEANINGS.get(code) ?? (code >= 132000 && code < 133000 ? 'content' : null);

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  // More than 24 hours since the person's last message; the second is what it was called before.
  [131047, 'window_closed'],
  [470, 'window_closed'],
  // Not on WhatsApp, an old version, terms not accepted; so it is told when somebody blocked the number, too.
  [131026, 'gone'],
  // The person wants no marketing from this business.
  [131050, 'opted_out'],
  // Held back so that people do not get too much; an experiment of the platform.
  [131049, 'withheld'],
  [130472, 'withheld'],
  // The sender itself; a number a test account may not write to; a country.
  [131021, 'not_to_them'],
  [131030, 'not_to_them'],
  [130497, 'not_to_them'],
  // Too many to one person; too many a second; the number is being upgraded; the account's budget.
  [131056, 'pause_chat'],
  [130429, 'slow_down'],
  [131057, 'pause'],
  [133016, 'pause'],
  // Spam limit, locked, unpaid, name not approved, not registered, deleted.
  [131048, 'bot'],
  [131031, 'bot'],
  [131042, 'bot'],
  [131037, 'bot'],
  [131045, 'bot'],
  [131005, 'bot'],
  [133010, 'bot'],
  [33, 'bot'],
  // Something went wrong there; the service is away; the server is busy.
  [131000, 'again'],
  [131016, 'again'],
  [133004, 'again'],
  // A parameter is missing or wrong; a kind of message it does not know; a picture it could not get.
  [131008, 'content'],
  [131009, 'content'],
  [131051, 'content'],
  [131052, 'content'],
  [131053, 'content'],
]);
