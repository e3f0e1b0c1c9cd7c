// Facts about a subscriber, dated, never edited; and what a fact changes about the person's connection. Facts may
// arrive late, twice and in any order: an older one never undoes a newer one.
import type { Inbound, PersonProfile } from './channel.ts';
import type { Connection, ConnectionStatus } from './subscriber.ts';

const EVENT_KINDS = [
  'subscribed',
  'unsubscribed',
  'blocked',
  'unblocked',
  'unreachable',
  'fell_back',
  'replied',
  'imported',
  'delivered',
  'opened',
  'undelivered',
  'link_clicked',
  'buy_clicked',
  'button_clicked',
  'ordered',
  'paid',
  'refunded',
  'attribute_changed',
  'tag_added',
  'tag_removed',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface HeraldEvent {
  id: number;
  /** UTC milliseconds. */
  at: number;
  kind: EventKind;
  subscriberId: number | null;
  connectionId: number | null;
  botId: number | null;
  campaignId: number | null;
  deliveryId: number | null;
  /** The platform's id of the fact, unique within the bot. */
  externalId: string | null;
  data: Record<string, unknown>;
}

export type Change =
  | { kind: 'status'; status: ConnectionStatus; reason: string | null; since: number }
  | { kind: 'subscribed_at'; at: number }
  | { kind: 'ref'; ref: string }
  /** The person did something at this instant. */
  | { kind: 'seen'; at: number }
  | { kind: 'profile'; profile: PersonProfile };

/** The parts of a connection that facts decide about. */
export type ConnectionFacts = Pick<Connection, 'status' | 'reason' | 'since' | 'subscribedAt' | 'ref'>;

/** Someone of whom nothing is known yet: may not be written to until they say so. */
export const newConnection: ConnectionFacts = {
  status: 'pending',
  reason: null,
  since: 0,
  subscribedAt: null,
  ref: null,
};

const SECOND_MS = 1000;

/** Many platforms date facts to the second, so only a whole second decides which of two is the newer. */
const isOlder = (at: number, than: number): boolean => Math.floor(at / SECOND_MS) < Math.floor(than / SECOND_MS);

/** What a fact changes about the connection it speaks of, and about the person behind it. */
export function applyEvent(connection: ConnectionFacts, event: Inbound): Change[] {
  const seen: Change[] = ACTS.has(event.kind) ? [{ kind: 'seen', at: event.at }] : [];
  const profile: Change[] = event.profile ? [{ kind: 'profile', profile: event.profile }] : [];
  return [...statusChanges(connection, event), ...seen, ...profile];
}

/** What people do themselves, as opposed to what a platform reports about them. */
const ACTS: ReadonlySet<Inbound['kind']> = new Set(['subscribed', 'replied', 'pressed']);

function statusChanges(connection: ConnectionFacts, event: Inbound): Change[] {
  if (isOlder(event.at, connection.since) && !isFirstWord(connection, event)) return [];
  // Said again, a status is confirmed: what is older than the confirmation counts no more.
  const become = (status: ConnectionStatus, reason: string | null = null): Change[] => [
    { kind: 'status', status, reason, since: event.at },
  ];
  /** A word from the person shows that the way is open again. */
  const reopened = (): Change[] => {
    if (connection.status === 'blocked') return become(statusBeforeBlock(connection));
    return connection.status === 'unreachable' ? become('active') : [];
  };
  switch (event.kind) {
    case 'subscribed': {
      const started: Change[] = connection.status === 'active' ? [] : [subscribedAt(event.at)];
      const ref: Change[] = event.ref ? [{ kind: 'ref', ref: event.ref }] : [];
      return [...become('active'), ...started, ...ref];
    }
    case 'unsubscribed':
      return become('unsubscribed');
    case 'blocked':
      // Remembered, so that unblocking gives back no more than there was.
      if (connection.status === 'blocked') return become('blocked', connection.reason);
      return become('blocked', isWritable(connection) ? null : connection.status);
    case 'unblocked':
      return connection.status === 'blocked' ? become(statusBeforeBlock(connection)) : [];
    case 'replied':
      if (event.subscribes && connection.status === 'pending') return [...become('active'), subscribedAt(event.at)];
      return reopened();
    case 'pressed':
      return reopened();
    case 'delivered':
    case 'opened':
      return [];
    case 'undelivered':
      return event.connection === undefined || event.connection === connection.status ? [] : become(event.connection);
    default:
      return event satisfies never;
  }
}

/**
 * Of someone who has said neither yes nor no it is only known since when they are known: what they said before another word of
 * theirs that came first counts all the same.
 */
const isFirstWord = ({ status }: ConnectionFacts, event: Inbound): boolean =>
  status === 'pending' &&
  (event.kind === 'subscribed' ||
    event.kind === 'unsubscribed' ||
    (event.kind === 'replied' && event.subscribes === true));

const subscribedAt = (at: number): Change => ({ kind: 'subscribed_at', at });

const isWritable = ({ status }: ConnectionFacts): boolean => status === 'active' || status === 'unreachable';

const statusBeforeBlock = ({ reason }: ConnectionFacts): ConnectionStatus =>
  reason === 'unsubscribed' || reason === 'pending' ? reason : 'active';
