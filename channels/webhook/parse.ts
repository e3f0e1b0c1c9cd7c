// What the other system tells us, as facts. The request's `webhook-id` is the fact's id, so an event that is sent again, or
// replayed by somebody, changes nothing. Pure.
import * as z from 'zod';
import type { Inbound, InboundRequest, PersonProfile } from '../../src/domain/channel.ts';
import { parseJson } from '../lib/json.ts';

const text = (most: number) => z.string().trim().min(1).max(most);

const personSchema = z.object({
  /** The person's id in that system: the address we write to. */
  id: text(190),
  first_name: text(200).optional(),
  last_name: text(200).optional(),
  locale: text(35).optional(),
  time_zone: text(64).optional(),
  phone: text(50).optional(),
  email: text(320).optional(),
  username: text(200).optional(),
});

const person = { person: personSchema };
const receipt = { ...person, message: text(190) };

const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribed'), data: z.object({ ...person, ref: text(190).optional() }) }),
  z.object({ type: z.literal('unsubscribed'), data: z.object(person) }),
  z.object({ type: z.literal('replied'), data: z.object({ ...person, text: text(10_000) }) }),
  z.object({ type: z.literal('pressed'), data: z.object({ ...person, token: text(64) }) }),
  z.object({ type: z.literal('delivered'), data: z.object(receipt) }),
  z.object({ type: z.literal('opened'), data: z.object(receipt) }),
]);

const updateSchema = z.object({
  id: z.string().min(1),
  /** When it happened there; when it came, for whoever does not say. */
  timestamp: z.iso.datetime({ offset: true }).optional().catch(undefined),
  event: eventSchema,
});

/** The request's body, with the id that stands in its headers. */
export function read({ headers, body }: InboundRequest): unknown {
  const event = parseJson(body.toString('utf8'));
  if (typeof event !== 'object' || event === null) return undefined;
  return { id: headers['webhook-id'], timestamp: 'timestamp' in event ? event.timestamp : undefined, event };
}

export function parse(update: unknown, now: number): Inbound[] {
  const known = updateSchema.safeParse(update);
  if (!known.success) return [];
  const { id, timestamp, event } = known.data;
  const profile = profileOf(event.data.person);
  const base = {
    externalId: id,
    at: timestamp === undefined ? now : Date.parse(timestamp),
    address: event.data.person.id,
    ...(Object.keys(profile).length > 0 && { profile }),
  };
  switch (event.type) {
    case 'subscribed':
      return [{ ...base, kind: 'subscribed', ref: event.data.ref ?? null }];
    case 'unsubscribed':
      return [{ ...base, kind: 'unsubscribed' }];
    case 'replied':
      return [{ ...base, kind: 'replied', text: event.data.text }];
    case 'pressed':
      return [{ ...base, kind: 'pressed', token: event.data.token }];
    case 'delivered':
    case 'opened':
      return [{ ...base, kind: event.type, messageId: event.data.message, upTo: false }];
    default:
      return event satisfies never;
  }
}

function profileOf(given: z.output<typeof personSchema>): PersonProfile {
  const profile = {
    firstName: given.first_name,
    lastName: given.last_name,
    locale: given.locale,
    timeZone: given.time_zone,
    phone: given.phone,
    email: given.email,
    username: given.username,
  };
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined));
}
