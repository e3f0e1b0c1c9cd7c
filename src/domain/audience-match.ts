// A filter evaluated for one person in memory: the twin of `store/filter-sql.ts`, and the meaning both must have.
import { parseInstant, isDateOnly, storedDate } from './attributes.ts';
import { ANY_CAMPAIGN, type Condition, type Filter, OPPOSITES } from './audience.ts';
import type { AttributeValue, ConnectionStatus } from './subscriber.ts';
import { lowerCase } from './text.ts';

/** All that a filter may ask about a person. */
export interface Person {
  publicId: string;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  phone: string | null;
  locale: string | null;
  timeZone: string | null;
  lastSeenAt: number | null;
  attributes: Readonly<Record<string, AttributeValue>>;
  tags: readonly string[];
  /** The connection over which a message would go. `bot` is its public id. */
  connection: { status: ConnectionStatus; channel: string; bot: string; subscribedAt: number | null } | null;
  campaigns: readonly CampaignHistory[];
}

export interface CampaignHistory {
  /** Public id. */
  campaign: string;
  received: boolean;
  opened: boolean;
  clicked: boolean;
  clickedBuy: boolean;
  ordered: boolean;
}

/** `now` is for the relative dates. */
export function matches(filter: Filter, person: Person, now: number): boolean {
  if ('all' in filter) return filter.all.every((one) => matches(one, person, now));
  if ('any' in filter) return filter.any.some((one) => matches(one, person, now));
  if ('not' in filter) return !matches(filter.not, person, now);
  const positive = OPPOSITES[filter.operator];
  return positive === undefined ? holds(filter, person, now) : !holds({ ...filter, operator: positive }, person, now);
}

function holds(condition: Condition, person: Person, now: number): boolean {
  if (condition.field === 'campaign') return tookPart(condition, person.campaigns);
  const held = valueOf(condition.field, person);
  if (held === null || held === undefined || held === '' || (Array.isArray(held) && held.length === 0)) {
    return condition.operator === 'is_empty';
  }
  const wanted = condition.value;
  switch (condition.operator) {
    case 'is':
      return held === wanted;
    case 'any_of':
      return (wanted as unknown[]).includes(held);
    case 'contains':
      return typeof held === 'string' && lowerCase(held).includes(lowerCase(wanted as string));
    case 'starts_with':
      return typeof held === 'string' && lowerCase(held).startsWith(lowerCase(wanted as string));
    case 'has':
      return Array.isArray(held) && (held as unknown[]).includes(wanted);
    case 'at_least':
      return typeof held === 'number' && held >= (wanted as number);
    case 'at_most':
      return typeof held === 'number' && held <= (wanted as number);
    case 'is_empty':
      return false;
    case 'between':
      if (typeof held === 'number' && typeof (wanted as unknown[])[0] === 'number') {
        return held >= (wanted as number[])[0]! && held <= (wanted as number[])[1]!;
      }
      return inSpan(held, dateSpan(condition, now));
    default:
      return inSpan(held, dateSpan(condition, now));
  }
}

function valueOf(field: string, person: Person): AttributeValue | readonly string[] | undefined {
  if (field.startsWith('attribute.')) return person.attributes[field.slice('attribute.'.length)];
  switch (field) {
    case 'first_name':
      return person.firstName;
    case 'last_name':
      return person.lastName;
    case 'email':
      return person.email;
    case 'phone':
      return person.phone;
    case 'locale':
      return person.locale;
    case 'time_zone':
      return person.timeZone;
    case 'subscriber':
      return person.publicId;
    case 'connection.status':
      return person.connection?.status;
    case 'connection.channel':
      return person.connection?.channel;
    case 'connection.bot':
      return person.connection?.bot;
    case 'subscribed_at':
      return person.connection?.subscribedAt;
    case 'last_seen_at':
      return person.lastSeenAt;
    case 'tag':
      return person.tags;
    default:
      return undefined;
  }
}

function tookPart(condition: Condition, history: readonly CampaignHistory[]): boolean {
  return history.some((one) => {
    if (condition.value !== ANY_CAMPAIGN && condition.value !== one.campaign) return false;
    switch (condition.operator) {
      case 'received':
        return one.received;
      case 'opened':
        return one.opened;
      case 'clicked':
        return one.clicked;
      case 'clicked_buy':
        return one.clickedBuy;
      case 'ordered':
        return one.ordered;
      default:
        return false;
    }
  });
}

// --- Dates ----------------------------------------------------------------------------------

const DAY_MS = 24 * 3600_000;

/** Half open, UTC milliseconds; null is without end. */
export interface Span {
  from: number | null;
  to: number | null;
}

/** The instants a date condition asks for. A date without a time is the whole day in UTC. */
export function dateSpan(condition: Condition, now: number): Span {
  const start = (text: unknown): number => parseInstant(text as string)!;
  const end = (text: unknown): number => start(text) + (isDateOnly(text as string) ? DAY_MS : 1);
  switch (condition.operator) {
    case 'before':
      return { from: null, to: start(condition.value) };
    case 'after':
      return { from: end(condition.value), to: null };
    case 'between': {
      const [first, last] = condition.value as [string, string];
      return { from: start(first), to: end(last) };
    }
    case 'in_last_days':
      return { from: now - (condition.value as number) * DAY_MS, to: now + 1 };
    default:
      return { from: null, to: null };
  }
}

/** Times are compared as numbers, date attributes as the text they are stored as. */
function inSpan(held: unknown, { from, to }: Span): boolean {
  if (typeof held === 'number') return (from === null || held >= from) && (to === null || held < to);
  if (typeof held !== 'string') return false;
  return (from === null || held >= storedDate(from)) && (to === null || held < storedDate(to));
}
